function Get-BackupManifest
{
    <#
        .SYNOPSIS
            Read the manifest of one backup.

        .DESCRIPTION
            Nothing when there is none.

        .PARAMETER RunId
            Id of the run that made the backup.

        .EXAMPLE
            Get-BackupManifest -RunId 'r-1'

        .OUTPUTS
            The manifest as it was written, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $RunId
    )

    $path = Join-Path -Path $env:ProgramData -ChildPath "enrollmend\backup\$RunId\manifest.json"
    if (Test-Path -LiteralPath $path -ErrorAction Stop)
    {
        $text = Get-Content -LiteralPath $path -Raw -Encoding UTF8 -ErrorAction Stop
        ConvertFrom-Json -InputObject $text
    }
}
