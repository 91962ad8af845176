function Get-TaskFact
{
    <#
        .SYNOPSIS
            List the scheduled tasks that have to do with enrollment.

        .DESCRIPTION
            Last results only for the tasks outside the folders of enrollments, because each costs a call; those
            come first. At most 300 tasks; the number of tasks of an enrollment stands in its own entry.

        .EXAMPLE
            Get-TaskFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $outside = @('\Microsoft\Windows\EnterpriseMgmt\', '\Microsoft\Windows\Workplace Join\')
    $found = @(
        Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt' -Recurse
        Get-TaskBelow -TaskPath '\Microsoft\Windows\Workplace Join\'
    )
    $tasks = @($found | Where-Object -FilterScript { $_.TaskPath -in $outside }) + @($found | Where-Object -FilterScript { $_.TaskPath -notin $outside })
    foreach ($task in @($tasks | Select-Object -First 300))
    {
        $item = [ordered]@{ path = $task.TaskPath; name = $task.TaskName; state = [string]$task.State }
        if ($task.TaskPath -in $outside)
        {
            Add-TaskResult -Item $item -Task $task
        }
        $item
    }
}
