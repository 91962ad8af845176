function Clear-OneShotTask
{
    <#
        .SYNOPSIS
            Remove our own one-shot tasks that have ended, and their folder when it is empty.

        .DESCRIPTION
            Only in the folder \enrollmend\. A task that is still running is left alone.

        .EXAMPLE
            Clear-OneShotTask

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param ()

    foreach ($task in @(Get-TaskBelow -TaskPath '\enrollmend\'))
    {
        if (([string]$task.State -notin @('Running', 'Queued')) -and $PSCmdlet.ShouldProcess($task.TaskName, 'unregister'))
        {
            Unregister-ScheduledTask -TaskPath '\enrollmend\' -TaskName $task.TaskName -Confirm:$false -ErrorAction Stop
        }
    }
    $left = @(Get-TaskBelow -TaskPath '\enrollmend\')
    if (($left.Count -eq 0) -and ($null -ne (Get-TaskFolder -Path '\enrollmend')) -and $PSCmdlet.ShouldProcess('\enrollmend\', 'delete'))
    {
        $root = Get-TaskFolder -Path '\'
        $null = $root.DeleteFolder('enrollmend', 0)
    }
}
