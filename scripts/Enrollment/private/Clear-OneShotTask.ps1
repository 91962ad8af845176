function Clear-OneShotTask
{
    <#
        .SYNOPSIS
            Remove one-shot tasks of one caller that have ended, and their folder when it is empty.

        .DESCRIPTION
            Only in the folder \enrollmend\. A task that is still running is left alone, and so is one of another
            caller: a look must not remove what a repair is about to start. Those of a repair whose session died
            are removed by a look too, under the lock of repairs, if it is free.

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

    $tasks = @(Get-TaskBelow -TaskPath '\enrollmend\')
    if (($Caller -eq 'look') -and (@($tasks | Where-Object -FilterScript { $_.TaskName -like 'repair-*' }).Count -gt 0))
    {
        $lock = $null
        try
        {
            $lock = Enter-RepairLock
            Clear-OneShotTask -Caller 'repair'
        }
        catch
        {
            if ($_.FullyQualifiedErrorId -notlike 'Enrollmend.Busy*')
            {
                throw
            }
        }
        finally
        {
            if ($null -ne $lock)
            {
                Exit-RepairLock -Lock $lock
            }
        }
    }
    foreach ($task in $tasks)
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
