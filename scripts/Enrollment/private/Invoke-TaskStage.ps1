function Invoke-TaskStage
{
    <#
        .SYNOPSIS
            Remove the scheduled tasks of the named enrollments.

        .DESCRIPTION
            One enrollment at a time, each task by its exact folder and name, then the empty folder through the
            Task Scheduler; never a file. Tasks go before keys, or a synchronisation would write the keys again; one
            that is at work is waited for, and when it goes on the stage is tried again later.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-TaskStage -Attempt $attempt

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

    if ((-not $WhatIfPreference) -and (-not (Wait-Synchronisation)))
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'a synchronisation is at work (omadmclient.exe)'
    }
    else
    {
        foreach ($id in $Attempt.EnrollmentId)
        {
            foreach ($tree in @(Get-TaskTree))
            {
                foreach ($name in @(Get-TaskSubfolderName -Path $tree.Path | Where-Object -FilterScript { $_ -eq $id }))
                {
                    foreach ($task in @(Get-TaskBelow -TaskPath "$($tree.Path)\$name\"))
                    {
                        $change = New-StageChange -Object ($task.TaskPath + $task.TaskName) -Action 'unregister' -Before ([string]$task.State)
                        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $task -Action { param ($Task) Remove-EnrollmentTask -Task $Task }
                    }
                    $change = New-StageChange -Object "$($tree.Path)\$name\" -Action 'delete'
                    $pair = @{ Path = $tree.Path; Name = $name }
                    $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action { param ($Pair) Remove-TaskFolder -Path $Pair.Path -Name $Pair.Name }
                }
            }
        }

        New-StageOutcome -Attempt $Attempt
    }
}
