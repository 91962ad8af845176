function Start-TaskAndWait
{
    <#
        .SYNOPSIS
            Start a scheduled task and wait up to a minute for its end.

        .DESCRIPTION
            A task that is still running after that is left to itself.

        .PARAMETER Task
            What Get-ScheduledTask gave.

        .EXAMPLE
            Start-TaskAndWait -Task $task

        .OUTPUTS
            System.Collections.Hashtable. Ended, and Result as uint32 or null.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Task
    )

    if ($PSCmdlet.ShouldProcess($Task.TaskName, 'start'))
    {
        $before = $null
        if ([string]$Task.State -notin @('Running', 'Queued'))
        {
            $before = (Get-ScheduledTaskInfo -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop).LastRunTime
        }
        Start-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop
        Wait-TaskEnd -TaskPath $Task.TaskPath -TaskName $Task.TaskName -TimeoutSeconds 60 -LastRunTime $before
    }
}
