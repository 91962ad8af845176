function Protect-EnrollmentFolder
{
    <#
        .SYNOPSIS
            Give a folder to Administrators and shut out everybody but them and SYSTEM.

        .DESCRIPTION
            By SIDs, because the names of the groups are localised: S-1-5-18 is SYSTEM, S-1-5-32-544 is
            Administrators.

        .PARAMETER LiteralPath
            The folder.

        .EXAMPLE
            Protect-EnrollmentFolder -LiteralPath 'C:\ProgramData\enrollmend'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $LiteralPath
    )

    if ($PSCmdlet.ShouldProcess($LiteralPath, 'set'))
    {
        $codes = @(
            Invoke-Program -Name 'icacls.exe' -Argument """$LiteralPath"" /setowner *S-1-5-32-544 /q"
            Invoke-Program -Name 'icacls.exe' -Argument """$LiteralPath"" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F /q"
        )
        foreach ($code in $codes)
        {
            if ($code -ne 0)
            {
                Write-EnrollmentError -Id 'BackupFailed' -Message "The rights on $LiteralPath could not be set (icacls ended with $code)."
            }
        }
    }
}
