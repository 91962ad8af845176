function Invoke-PolicyStage
{
    <#
        .SYNOPSIS
            Apply the group policies of this PC again, and enable the task they make.

        .DESCRIPTION
            Microsoft: the MDM policy extension makes the auto-enroll task at a refresh. A refresh that fails,
            as it does away from the domain, is said and stops nothing.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-PolicyStage -Attempt $attempt

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

    $reason = ''
    $change = New-StageChange -Object 'group policy of the computer' -Action 'start' -Restorable $false
    $code = Invoke-StageChange -Attempt $Attempt -Change $change -Action { param ($Nothing) Invoke-Program -Name 'gpupdate.exe' -Argument '/target:computer /force /wait:60' }
    if (($null -ne $code) -and ($code -ne 0))
    {
        $reason = "group policy could not be refreshed: gpupdate ended with $code"
    }
    foreach ($task in @(Get-AutoEnrollTask))
    {
        if ([string]$task.State -eq 'Disabled')
        {
            $change = New-StageChange -Object ($task.TaskPath + $task.TaskName) -Action 'enable' -Before 'Disabled'
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $task -Action { param ($Task) Enable-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop }
        }
    }
    New-StageOutcome -Attempt $Attempt -Reason $reason
}
