function Restore-EnrollmentTask
{
    <#
        .SYNOPSIS
            Put a scheduled task back at its exact place.

        .DESCRIPTION
            One that is there is only enabled or disabled as it was.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-EnrollmentTask -Attempt $attempt -Entry $entry

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    $task = Get-TaskByPath -FullPath $Entry.object
    if ($Entry.present -and ($null -eq $task))
    {
        $change = New-StageChange -Object $Entry.object -Action 'create'
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $Entry -Action { param ($Entry) Register-TaskXml -Entry $Entry }
    }
    elseif ($Entry.present -and ($Entry.data -eq 'Disabled') -and ([string]$task.State -ne 'Disabled'))
    {
        $change = New-StageChange -Object $Entry.object -Action 'set' -Before ([string]$task.State)
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $task -Action { param ($Task) Disable-ScheduledTask -TaskPath $Task.TaskPath -TaskName $Task.TaskName -ErrorAction Stop }
    }
}
