function Clear-OneShotTask
{
    <#
        .SYNOPSIS
            Remove one-shot tasks of one caller that have ended, and their folder when it is empty.

        .DESCRIPTION
            Only in the folder \enrollmend\. A task that is still running is left alone, and so is one of another
            caller: a look, which takes no lock, must not remove what a repair is about to start.

        .PARAMETER Caller
            The word that the names of its tasks begin with, up to the first hyphen.

        .EXAMPLE
            Clear-OneShotTask -Caller 'repair'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [ValidateSet('look', 'repair')]
        [string]
        $Caller
    )

    foreach ($task in @(Get-TaskBelow -TaskPath '\enrollmend\'))
    {
        if (($task.TaskName.Split('-')[0] -eq $Caller) -and ([string]$task.State -notin @('Running', 'Queued')) -and $PSCmdlet.ShouldProcess($task.TaskName, 'unregister'))
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
