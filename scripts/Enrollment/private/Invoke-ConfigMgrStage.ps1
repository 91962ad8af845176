function Invoke-ConfigMgrStage
{
    <#
        .SYNOPSIS
            Remove an orphaned Configuration Manager client, if that was allowed.

        .DESCRIPTION
            Microsoft: ccmsetup /uninstall returns before its work ends. A client that anything speaks for is
            left alone.

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

    $setup = "$env:SystemRoot\ccmsetup\ccmsetup.exe"
    $fact = Get-ConfigMgrFact
    $present = $fact.client_exe -or ((Get-ServiceMode -Name 'CcmExec') -ne '')
    $running = @(Get-CimInstance -ClassName 'Win32_Process' -Filter "Name = 'ccmsetup.exe'" -ErrorAction Stop).Count -gt 0
    $age = Get-RemovalAge -Name 'ConfigMgrRemoval' -RunId $Attempt.RunId
    $guard = Get-ConfigMgrGuard -Fact $fact -Allowed $Attempt.AllowConfigMgrRemoval
    if (-not $present)
    {
        New-StageOutcome -Attempt $Attempt
    }
    elseif ($running)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'ccmsetup is running'
    }
    elseif ($age -ge 0)
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "ccm_not_removed: ccmsetup /uninstall has ended and the client is still there; see $env:SystemRoot\ccmsetup\Logs\CCMSetup.log"
    }
    elseif ($guard -ne '')
    {
        New-StageOutcome -Attempt $Attempt -Status 'skipped' -Reason $guard
    }
    else
    {
        $change = New-StageChange -Object $setup -Action 'uninstall' -Before ([string]$fact['version']) -Restorable $false
        $pair = @{ Path = $setup; RunId = $Attempt.RunId }
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action {
            param ($Pair)
            # Marked after the start: a session lost in between finds ccmsetup running, or starts it again.
            Start-Process -FilePath $Pair.Path -ArgumentList '/uninstall' -WindowStyle Hidden -ErrorAction Stop
            Set-RemovalStart -Name 'ConfigMgrRemoval' -RunId $Pair.RunId
        }
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 600 -Reason 'ccmsetup is removing the client'
    }
}
