function Assert-StaleEnrollment
{
    <#
        .SYNOPSIS
            Refuse to touch an id that is a system provider, another manager's, or alive.

        .DESCRIPTION
            By an allow-list: only Intune, its declared-configuration child and a leftover app-protection
            registration may be removed. An id without a provider is protected, unless it is not below
            Enrollments at all and has left tasks or OMA-DM state, or was already backed up by this run. The
            declared-configuration child belongs to Intune's enrollment: while one of those is alive it stays.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .PARAMETER RunId
            Id of this run.

        .EXAMPLE
            Assert-StaleEnrollment -EnrollmentId $id -RunId 'r-1'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [string]
        $RunId
    )

    $why = ''
    if (Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments' -Name $EnrollmentId)
    {
        $values = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId"
        $provider = [string]$values['ProviderID']
        $isSystem = $provider -in @('', 'WMI_Bridge_SCCM_Server', 'Local Authority', 'Deploy Authority', 'Cloud Authority')
        $isLeftover = (-not $isSystem) -and ([string]$values['DiscoveryServiceFullURL'] -like '*wip.mam.manage.microsoft.com*')
        # Community: 12 is the WMI bridge, 28, 30 and 31 are the local, deploy and cloud authority.
        if (([string]$values['EnrollmentType'] -in @('12', '28', '30', '31')) -or (($provider -notin @('MS DM Server', 'Microsoft Device Management')) -and (-not $isLeftover)))
        {
            $why = "belongs to '$provider'"
        }
        elseif (Test-LiveEnrollment -EnrollmentId $EnrollmentId)
        {
            $why = 'is a live enrollment'
        }
        elseif (($provider -eq 'Microsoft Device Management') -and (@(Get-LiveEnrollmentId).Count -gt 0))
        {
            $why = 'belongs to a live enrollment of Intune'
        }
    }
    elseif (-not (Test-EnrollmentTrace -EnrollmentId $EnrollmentId -RunId $RunId))
    {
        $why = 'left no trace of an enrollment'
    }
    if ($why -ne '')
    {
        Write-EnrollmentError -Id 'ProtectedEnrollment' -Message "$EnrollmentId $why. Nothing was changed." -TargetObject $EnrollmentId
    }
}
