function Assert-EnrollmentFolder
{
    <#
        .SYNOPSIS
            Refuse folders of backups and journals that this module cannot have made.

        .DESCRIPTION
            Below ProgramData every user may make folders. One that is a link leads elsewhere, and the owner of
            one may change what is in it at any time. Microsoft: a security descriptor begins with its owner,
            O:BA for Administrators and O:SY for SYSTEM, in every language of Windows.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Assert-EnrollmentFolder -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    foreach ($folder in @($Attempt.Root, "$($Attempt.Root)\journal", "$($Attempt.Root)\backup", $Attempt.BackupFolder))
    {
        $why = ''
        if (Test-Path -LiteralPath $folder -ErrorAction Stop)
        {
            if ([string](Get-Item -LiteralPath $folder -Force -ErrorAction Stop).Attributes -like '*ReparsePoint*')
            {
                $why = 'is a link to another place'
            }
            elseif ([string](Get-Acl -LiteralPath $folder -ErrorAction Stop).Sddl -notmatch '^O:(BA|SY)[GDS]:')
            {
                $why = 'belongs neither to SYSTEM nor to Administrators'
            }
        }
        if ($why -ne '')
        {
            Write-EnrollmentError -Id 'ForeignFolder' -Message "$folder $why. Nothing was changed: find out who made it, and remove it." -TargetObject $folder
        }
    }
}
