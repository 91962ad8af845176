function Assert-RepairTarget
{
    <#
        .SYNOPSIS
            Check each named enrollment and certificate once more, on the PC itself, before anything is changed.

        .DESCRIPTION
            Only when a stage that was asked for would remove it.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Assert-RepairTarget -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    if (('tasks' -in $Attempt.Stages) -or ('state' -in $Attempt.Stages) -or ('certificates' -in $Attempt.Stages))
    {
        foreach ($id in $Attempt.EnrollmentId)
        {
            Assert-StaleEnrollment -EnrollmentId $id -RunId $Attempt.RunId
        }
    }
    if ('certificates' -in $Attempt.Stages)
    {
        foreach ($thumbprint in $Attempt.Thumbprint)
        {
            Assert-RemovableCertificate -Thumbprint $thumbprint -EnrollmentId $Attempt.EnrollmentId -RunId $Attempt.RunId
        }
    }
}
