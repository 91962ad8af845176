function Start-Enrollment
{
    <#
        .SYNOPSIS
            Take the marker, start the enroller, wait for it and make the outcome.

        .DESCRIPTION
            Community: the switches of deviceenroller.exe, and that its exit code is the result of the
            enrollment.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Start-Enrollment -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $commandLine = '/c /AutoEnrollMDM'
    if ($Attempt.CredentialType -eq 'Device')
    {
        $commandLine = '/c /AutoEnrollMDMUsingAADDeviceCredential'
    }
    $marker = Get-EnrollmentMarker
    $tasks = @(Get-AutoEnrollTask | Where-Object -FilterScript { ([string]$_.State -ne 'Disabled') -and (@($_.Actions)[0].Arguments -eq $commandLine) })
    if ($tasks.Count -gt 0)
    {
        $change = New-StageChange -Object ($tasks[0].TaskPath + $tasks[0].TaskName) -Action 'start' -Restorable $false
        $outcome = Invoke-StageChange -Attempt $Attempt -Change $change -Target $tasks[0] -Action { param ($Task) Start-TaskAndWait -Task $Task }
    }
    else
    {
        $change = New-StageChange -Object "deviceenroller.exe $commandLine" -Action 'start' -Restorable $false
        $outcome = Invoke-StageChange -Attempt $Attempt -Change $change -Target $commandLine -Action { param ($CommandLine) Invoke-OneShotTask -Name 'repair-enroll' -FilePath (Get-SystemProgramPath -Name 'deviceenroller.exe') -Argument $CommandLine -TimeoutSeconds 60 }
    }
    if ($null -eq $outcome)
    {
        New-StageOutcome -Attempt $Attempt
    }
    elseif (-not $outcome.Ended)
    {
        New-StageOutcome -Attempt $Attempt -Marker $marker -Reason 'the enroller is still running'
    }
    else
    {
        New-StageOutcome -Attempt $Attempt -Marker $marker -Result $outcome.Result
    }
}
