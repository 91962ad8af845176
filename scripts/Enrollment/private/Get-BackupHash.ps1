function Get-BackupHash
{
    <#
        .SYNOPSIS
            Give the hash of a backup file that is not empty.

        .DESCRIPTION
            An empty file is a backup that failed.

        .PARAMETER LiteralPath
            The file.

        .EXAMPLE
            Get-BackupHash -LiteralPath $path

        .OUTPUTS
            System.String. SHA-256, 64 hexadecimal digits.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $LiteralPath
    )

    if ((-not (Test-Path -LiteralPath $LiteralPath -ErrorAction Stop)) -or ((Get-Item -LiteralPath $LiteralPath -ErrorAction Stop).Length -eq 0))
    {
        Write-EnrollmentError -Id 'BackupFailed' -Message "The backup $LiteralPath is empty." -TargetObject $LiteralPath
    }
    (Get-FileHash -LiteralPath $LiteralPath -Algorithm SHA256 -ErrorAction Stop).Hash
}
