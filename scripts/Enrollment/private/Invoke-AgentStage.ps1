function Invoke-AgentStage
{
    <#
        .SYNOPSIS
            Remove the retired Intune PC client.

        .DESCRIPTION
            Microsoft: first with the client's own uninstaller, which goes on by itself for up to half an hour;
            what it leaves behind one product after the other in the documented order; then, half an hour after
            the uninstaller, what neither takes away; under WhatIf that is told together with the first. A client
            whose products are not known by name shows by its service that it is there.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-AgentStage -Attempt $attempt

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

    $fact = Get-LegacyClientFact
    $own = @($fact.products | Where-Object -FilterScript { -not $_.shared })
    $isThere = ($own.Count -gt 0) -or (@(Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = 'OmcSvc'" -ErrorAction Stop).Count -gt 0)
    $running = @(Get-CimInstance -ClassName 'Win32_Process' -Filter "Name = 'ProvisioningUtil.exe'" -ErrorAction Stop).Count -gt 0
    $age = Get-RemovalAge -Name 'AgentRemoval' -RunId $Attempt.RunId
    if ($running -and ($age -lt 0))
    {
        Set-RemovalStart -Name 'AgentRemoval' -RunId $Attempt.RunId
    }
    if ($running)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'the uninstaller of the client is running'
    }
    elseif ($isThere -and $fact.uninstaller -and ($age -lt 0))
    {
        Start-AgentRemoval -Attempt $Attempt
        if ($WhatIfPreference)
        {
            Remove-LegacyLeftover -Attempt $Attempt
        }
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds $Attempt.AgentSeconds -Reason 'the client is being removed by its own uninstaller'
    }
    elseif ($isThere -and ($age -ge 0) -and ($age -lt $Attempt.AgentSeconds))
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds ([math]::Max(60, ($Attempt.AgentSeconds - $age))) -Reason 'the removal of the client has not ended yet'
    }
    else
    {
        Invoke-AgentCleanup -Attempt $Attempt -Product $own
    }
}
