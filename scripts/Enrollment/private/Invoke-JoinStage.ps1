function Invoke-JoinStage
{
    <#
        .SYNOPSIS
            Start the task that joins this PC to the directory in the cloud.

        .DESCRIPTION
            Microsoft: starting Automatic-Device-Join is the way to try the join again. It may need a
            synchronisation of the directory in between, so a PC that is not joined after it is parked.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-JoinStage -Attempt $attempt

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

    $path = '\Microsoft\Windows\Workplace Join\Automatic-Device-Join'
    $task = Get-TaskByPath -FullPath $path
    if (Test-DeviceJoined)
    {
        New-StageOutcome -Attempt $Attempt -Reason 'this PC is joined already'
    }
    elseif ($null -eq $task)
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "join_task_missing: $path does not exist on this PC"
    }
    else
    {
        if ([string]$task.State -eq 'Disabled')
        {
            $change = New-StageChange -Object $path -Action 'enable' -Before 'Disabled'
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $task -Action { param ($Task) Enable-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop }
        }
        $change = New-StageChange -Object $path -Action 'start' -Restorable $false
        $outcome = Invoke-StageChange -Attempt $Attempt -Change $change -Target $task -Action { param ($Task) Start-TaskAndWait -Task $Task }
        if (Test-DeviceJoined)
        {
            New-StageOutcome -Attempt $Attempt -Result $outcome.Result
        }
        else
        {
            $result = $null
            if ($null -ne $outcome)
            {
                $result = $outcome.Result
            }
            New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 1800 -Reason 'the join has been tried; it may need the next synchronisation of the directory' -Result $result
        }
    }
}
