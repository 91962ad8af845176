function Get-TaskFact
{
    <#
        .SYNOPSIS
            List the scheduled tasks that have to do with enrollment.

        .DESCRIPTION
            Last results only for the tasks outside the folders of enrollments, because each costs a call. At
            most 300 tasks; the number of tasks of an enrollment stands in its own entry.

        .EXAMPLE
            Get-TaskFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $tasks = @(
        Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt\'
        Get-TaskBelow -TaskPath '\Microsoft\Windows\Workplace Join\'
        foreach ($tree in @(Get-TaskTree))
        {
            Get-TaskBelow -TaskPath "$($tree.Path)\" -Recurse | Where-Object -FilterScript { $_.TaskPath -ne '\Microsoft\Windows\EnterpriseMgmt\' }
        }
    )
    foreach ($task in @($tasks | Select-Object -First 300))
    {
        $item = [ordered]@{ path = $task.TaskPath; name = $task.TaskName; state = [string]$task.State }
        if ($task.TaskPath -in @('\Microsoft\Windows\EnterpriseMgmt\', '\Microsoft\Windows\Workplace Join\'))
        {
            Add-TaskResult -Item $item -Task $task
        }
        $item
    }
}
