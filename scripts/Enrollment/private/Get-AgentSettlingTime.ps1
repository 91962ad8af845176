function Get-AgentSettlingTime
{
    <#
        .SYNOPSIS
            Give the seconds until what the retired Intune PC client left may be deleted.

        .DESCRIPTION
            Microsoft: half an hour after its own uninstaller has ended. That the client is gone is noted when it
            is seen first; one that was removed by nobody whom we know has settled long ago.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Get-AgentSettlingTime -Attempt $attempt

        .OUTPUTS
            System.Int64. 0 when there is nothing to wait for.
    #>
    [CmdletBinding()]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $left = [int64]0
    $gone = Get-RemovalAge -Name 'AgentGone' -RunId $Attempt.RunId
    # Another run's uninstaller may have worked for its half hour, and ended just now.
    $begun = Get-RemovalAge -Name 'AgentRemoval' -RunId $Attempt.RunId -Within ([math]::Max(3600, (2 * $Attempt.AgentSeconds)))
    if (($gone -lt 0) -and ($begun -ge 0))
    {
        Set-RemovalStart -Name 'AgentGone' -RunId $Attempt.RunId
        $gone = 0
    }
    if (($gone -ge 0) -and ($gone -lt $Attempt.AgentSeconds))
    {
        $left = [int64]($Attempt.AgentSeconds - $gone)
    }
    $left
}
