function Invoke-TriggerStage
{
    <#
        .SYNOPSIS
            Start the enrollment and say where to look for its result.

        .DESCRIPTION
            The marker is taken before. The task that group policy made is best, for its context is the real
            one; without it a one-shot task runs the same program with the same switch. Waits up to a minute and
            never ends the enroller: whether it has enrolled is decided by a fresh look.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-TriggerStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $live = @(Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments' | Where-Object -FilterScript { (Test-EnrollmentIdText -Text $_) -and (Test-LiveEnrollment -EnrollmentId $_) })
    $session = Get-SessionFact
    $present = ([string]$session['console_user'] -ne '') -or (@($session['interactive']).Count -gt 0)
    if ($live.Count -gt 0)
    {
        New-StageOutcome -Attempt $Attempt -Reason "enrolled already as $($live[0])"
    }
    elseif (($Attempt.CredentialType -eq 'User') -and (-not $present))
    {
        New-StageOutcome -Attempt $Attempt -Status 'skipped' -Reason 'no_interactive_user: nobody is signed in, and enrollment with a user credential needs the token of a signed-in user'
    }
    else
    {
        Start-Enrollment -Attempt $Attempt
    }
}
