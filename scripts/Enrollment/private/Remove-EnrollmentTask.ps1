function Remove-EnrollmentTask
{
    <#
        .SYNOPSIS
            Stop and unregister one scheduled task.

        .DESCRIPTION
            By exact folder and name.

        .PARAMETER Task
            What Get-ScheduledTask gave.

        .EXAMPLE
            Remove-EnrollmentTask -Task $task

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Task
    )

    if ($PSCmdlet.ShouldProcess($Task.TaskName, 'unregister'))
    {
        if ([string]$Task.State -eq 'Running')
        {
            Stop-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop
        }
        Unregister-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -Confirm:$false -ErrorAction Stop
    }
}
