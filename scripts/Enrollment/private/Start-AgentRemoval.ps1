function Start-AgentRemoval
{
    <#
        .SYNOPSIS
            Start the uninstaller of the retired Intune PC client.

        .DESCRIPTION
            Microsoft: it schedules the removal and returns at once, so it is not waited for.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Start-AgentRemoval -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $place = Get-LegacyClientPlace
    $change = New-StageChange -Object $place.Uninstaller -Action 'uninstall' -Restorable $false
    $pair = @{ Path = $place.Uninstaller; RunId = $Attempt.RunId }
    $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action {
        param ($Pair)
        # Marked after the start: a session lost in between finds the uninstaller running, or starts it again.
        Start-Process -FilePath $Pair.Path -ArgumentList '/UninstallAgents /MicrosoftIntune' -WindowStyle Hidden -ErrorAction Stop
        Set-RemovalStart -Name 'AgentRemoval' -RunId $Pair.RunId
    }
}
