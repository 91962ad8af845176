function Wait-TaskEnd
{
    <#
        .SYNOPSIS
            Wait until a started task has ended, and read its result.

        .DESCRIPTION
            Looks twice a second. A task that removed itself meanwhile has ended without telling its result, as
            the auto-enroll task does. Until Task Scheduler has begun with it, a task shows the end of its run
            before: that one is told by its time and is not taken for the end of this one.

        .PARAMETER TaskPath
            Exact folder.

        .PARAMETER TaskName
            Exact name.

        .PARAMETER TimeoutSeconds
            How long to look, in seconds.

        .PARAMETER LastRunTime
            When the task ran before it was started now; nothing for one that never did, or that was running.

        .EXAMPLE
            Wait-TaskEnd -TaskPath '\enrollmend\' -TaskName $name -TimeoutSeconds 60

        .OUTPUTS
            System.Collections.Hashtable. Ended, and Result as uint32 or null.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $TaskPath,

        [Parameter(Mandatory = $true)]
        [string]
        $TaskName,

        [Parameter(Mandatory = $true)]
        [int]
        $TimeoutSeconds,

        [Parameter()]
        [AllowNull()]
        [object]
        $LastRunTime = $null
    )

    $outcome = @{ Ended = $false; Result = $null }
    for ($look = 0; ($look -lt (2 * $TimeoutSeconds)) -and (-not $outcome.Ended); $look++)
    {
        Start-Sleep -Milliseconds 500
        $task = @(Get-TaskBelow -TaskPath $TaskPath | Where-Object -FilterScript { $_.TaskName -eq $TaskName })
        if ($task.Count -eq 0)
        {
            $outcome.Ended = $true
        }
        elseif ([string]$task[0].State -notin @('Running', 'Queued'))
        {
            $info = Get-ScheduledTaskInfo -TaskPath $TaskPath -TaskName $TaskName -ErrorAction Stop
            # Microsoft: 0x41301 is running, 0x41303 has not run yet, 0x41325 is queued.
            if (([int64]$info.LastTaskResult -notin @(267009, 267011, 267045)) -and (($null -eq $LastRunTime) -or ($info.LastRunTime -ne $LastRunTime)))
            {
                $outcome = @{ Ended = $true; Result = [int64]$info.LastTaskResult }
            }
        }
    }
    $outcome
}
