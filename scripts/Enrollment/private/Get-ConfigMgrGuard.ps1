function Get-ConfigMgrGuard
{
    <#
        .SYNOPSIS
            Say why the Configuration Manager client must not be removed from this PC.

        .DESCRIPTION
            Microsoft: a co-managed client belongs there. Anything unclear is a reason as well: a client counts
            as dead only when it is known that no policy came for 30 days, as in the diagnosis.

        .PARAMETER Fact
            What Get-ConfigMgrFact gave.

        .PARAMETER Allowed
            Whether the operator allowed the removal.

        .EXAMPLE
            Get-ConfigMgrGuard -Fact (Get-ConfigMgrFact) -Allowed $true

        .OUTPUTS
            System.String. Empty when nothing speaks against it.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Fact,

        [Parameter(Mandatory = $true)]
        [bool]
        $Allowed
    )

    $reason = ''
    # Microsoft: ClientHealthStatus is there when the client reports to Intune, healthy or not.
    if (-not $Allowed)
    {
        $reason = 'not_allowed: the operator did not allow to remove the Configuration Manager client'
    }
    elseif ([int64]$Fact['co_management_flags'] -gt 0)
    {
        $reason = 'ccm_comanaged: CoManagementFlags is set'
    }
    elseif ($Fact['comanagement_log'] -or ([int64]$Fact['client_health_status'] -gt 0))
    {
        $reason = 'ccm_comanaged: the client works together with Intune'
    }
    elseif ($Fact['task_sequence'])
    {
        $reason = 'ccm_busy: a task sequence is running'
    }
    elseif ($Fact['site_system'])
    {
        $reason = 'ccm_site_system: this PC serves other clients'
    }
    elseif ($null -eq $Fact['last_policy'])
    {
        $reason = 'ccm_unclear: PolicyAgent.log is missing, so that nobody can tell when the last policy came'
    }
    elseif (([datetime]$Fact['last_policy']).ToUniversalTime() -gt (Get-Date).ToUniversalTime().AddDays(-30))
    {
        $reason = "ccm_active: the client polled its policy on $($Fact['last_policy'])"
    }
    elseif (-not $Fact['uninstaller'])
    {
        $reason = 'ccm_no_uninstaller: ccmsetup.exe is missing'
    }
    $reason
}
