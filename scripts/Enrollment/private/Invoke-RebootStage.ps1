function Invoke-RebootStage
{
    <#
        .SYNOPSIS
            Restart this PC in a little while.

        .DESCRIPTION
            With nobody signed in after half a minute, so that this session ends in order; with somebody, only
            when the operator allows it, and after five minutes in which the user can save. Microsoft: shutdown
            ends with 1190 when a restart is scheduled already and with 1115 when one has begun.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-RebootStage -Attempt $attempt

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

    $users = @(Get-InteractiveUser | ForEach-Object -Process { $_.user })
    if (($users.Count -gt 0) -and (-not $Attempt.RebootSignedIn))
    {
        New-StageOutcome -Attempt $Attempt -Status 'skipped' -Reason "user_signed_in: $($users[0]) is signed in, so the PC is not restarted"
    }
    else
    {
        $delay = 30
        if ($users.Count -gt 0)
        {
            $delay = 300
        }
        $text = "/r /t $delay /d p:4:1 /c `"Windows restarts so that this PC can be enrolled for management. Please save your work.`""
        $change = New-StageChange -Object $env:COMPUTERNAME -Action 'restart' -Before (Get-IdentityFact).boot -Restorable $false
        $code = Invoke-StageChange -Attempt $Attempt -Change $change -Target $text -Action { param ($Text) Invoke-Program -Name 'shutdown.exe' -Argument $Text }
        if (($null -ne $code) -and ($code -notin @(0, 1115, 1190)))
        {
            New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "restart_refused: shutdown.exe ended with $code" -Result $code
        }
        else
        {
            $Attempt.Reboot = $true
            New-StageOutcome -Attempt $Attempt -Status 'parked' -Reason "the PC restarts in $delay seconds" -WaitSeconds ($delay + 120)
        }
    }
}
