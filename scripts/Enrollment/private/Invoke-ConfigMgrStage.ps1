function Invoke-ConfigMgrStage
{
    <#
        .SYNOPSIS
            Remove an orphaned Configuration Manager client, if that was allowed.

        .DESCRIPTION
            Microsoft: ccmsetup /uninstall returns before its work ends; its log tells how it ended, 7 asks for a
            restart. A client that anything speaks for is left alone.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-ConfigMgrStage -Attempt $attempt

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

    $fact = Get-ConfigMgrFact
    $present = $fact.client_exe -or ((Get-ServiceMode -Name 'CcmExec') -ne '')
    $running = @(Get-CimInstance -ClassName 'Win32_Process' -Filter "Name = 'ccmsetup.exe'" -ErrorAction Stop).Count -gt 0
    $age = Get-RemovalAge -Name 'ConfigMgrRemoval' -RunId $Attempt.RunId
    $guard = Get-ConfigMgrGuard -Fact $fact -Allowed $Attempt.AllowConfigMgrRemoval
    $ended = $null
    $told = 'its log does not tell how'
    if (($age -ge 0) -and (-not $running))
    {
        $setup = Get-ConfigMgrSetupResult
        if ($null -ne $setup)
        {
            $ended = $setup.Code
            $told = "with $ended"
            $Attempt.Reboot = $setup.Restart
        }
    }
    if ((-not $present) -and (($age -lt 0) -or (-not $running)))
    {
        $reason = ''
        if ($Attempt.Reboot)
        {
            $reason = 'ccmsetup has removed the client and asks for a restart (7)'
        }
        New-StageOutcome -Attempt $Attempt -Reason $reason -Result $ended
    }
    elseif ($running)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'ccmsetup is running'
    }
    elseif ($Attempt.Reboot)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'ccmsetup asks for a restart (7) to end the removal of the client' -Result $ended
    }
    elseif ($age -ge 0)
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "ccm_not_removed: ccmsetup /uninstall has ended ($told) and the client is still there; see $env:SystemRoot\ccmsetup\Logs\CCMSetup.log" -Result $ended
    }
    elseif ($guard -ne '')
    {
        New-StageOutcome -Attempt $Attempt -Status 'skipped' -Reason $guard
    }
    else
    {
        Start-ConfigMgrRemoval -Attempt $Attempt -Version ([string]$fact['version'])
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 600 -Reason 'ccmsetup is removing the client'
    }
}
