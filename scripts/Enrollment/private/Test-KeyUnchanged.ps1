function Test-KeyUnchanged
{
    <#
        .SYNOPSIS
            Tell whether a registry key is as it was when it was backed up.

        .DESCRIPTION
            By exporting it again beside the backup and comparing the files.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Test-KeyUnchanged -Entry $entry

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    $path = "$($Entry.file).now"
    try
    {
        Export-EnrollmentKey -Key $Entry.object -FilePath $path
        (Get-BackupHash -LiteralPath $path) -eq $Entry.sha256
    }
    finally
    {
        if (Test-Path -LiteralPath $path -ErrorAction Stop)
        {
            Remove-Item -LiteralPath $path -Force -ErrorAction Stop
        }
    }
}
