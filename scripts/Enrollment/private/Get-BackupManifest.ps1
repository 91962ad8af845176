function Get-BackupManifest
{
    <#
        .SYNOPSIS
            Read the manifest of one backup.

        .DESCRIPTION
            The hash in HKLM\SOFTWARE\enrollmend says which file was meant: the one in place, or the one that
            a session had written aside when it died. Neither is believed when its hash is another one: a file
            may be torn, or changed by somebody. Nothing when there is none to believe.

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

    $folder = Join-Path -Path $env:ProgramData -ChildPath "enrollmend\backup\$RunId"
    $wanted = [string](Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\enrollmend')["Manifest $RunId"]
    $manifest = $null
    if ($wanted -ne '')
    {
        foreach ($path in @("$folder\manifest.json", "$folder\manifest.new"))
        {
            if (($null -eq $manifest) -and (Test-Path -LiteralPath $path -ErrorAction Stop) -and ((Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash -eq $wanted))
            {
                $manifest = ConvertFrom-Json -InputObject (Get-Content -LiteralPath $path -Raw -Encoding UTF8 -ErrorAction Stop)
            }
        }
    }
    $manifest
}
