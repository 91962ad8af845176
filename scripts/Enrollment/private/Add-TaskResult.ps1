function Add-TaskResult
{
    <#
        .SYNOPSIS
            Add to the table of a task what its last run gave.

        .DESCRIPTION
            A task that has never run has no time of its last run.

        .PARAMETER Item
            The table that is added to.

        .PARAMETER Task
            What Get-ScheduledTask gave.

        .EXAMPLE
            Add-TaskResult -Item $item -Task $task

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Item,

        [Parameter(Mandatory = $true)]
        [object]
        $Task
    )

    $info = Get-ScheduledTaskInfo -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop
    $Item['last_result'] = [int64]$info.LastTaskResult
    # The Task Scheduler gives 1999-11-30 for never.
    if (($null -ne $info.LastRunTime) -and ($info.LastRunTime.Year -gt 2000))
    {
        $Item['last_run'] = ConvertTo-UtcText -Date $info.LastRunTime
    }
    $arguments = @($Task.Actions | ForEach-Object -Process { [string]$_.Arguments })
    if ($arguments.Count -gt 0)
    {
        $Item['arguments'] = $arguments[0]
    }
}
