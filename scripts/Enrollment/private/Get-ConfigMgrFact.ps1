function Get-ConfigMgrFact
{
    <#
        .SYNOPSIS
            Read what is known about the Configuration Manager client.

        .DESCRIPTION
            Enough to see whether it manages this PC together with Intune, in which case it is never removed.
            Microsoft: co-management monitoring; the registry places are general knowledge of the platform.

        .EXAMPLE
            Get-ConfigMgrFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $windows = $env:SystemRoot
    $logs = "$windows\CCM\Logs"
    $ccm = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\CCM'
    $mobile = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\SMS\Mobile Client'
    $health = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\MDM'
    $handler = [bool](Test-Path -LiteralPath "$logs\CoManagementHandler.log" -ErrorAction Stop)
    $processing = $false
    if ($handler)
    {
        $lines = @(Get-Content -LiteralPath "$logs\CoManagementHandler.log" -ErrorAction Stop | Select-Object -Last 400)
        $processing = @($lines | Where-Object -FilterScript { ($_ -like '*Queuing enrollment timer*') -or ($_ -like '*RegisterDeviceWithManagementUsingAAD*') -or ($_ -like '*already enrolled*') }).Count -gt 0
    }
    $lastPolicy = $null
    if (Test-Path -LiteralPath "$logs\PolicyAgent.log" -ErrorAction Stop)
    {
        $lastPolicy = ConvertTo-UtcText -Date (Get-Item -LiteralPath "$logs\PolicyAgent.log" -ErrorAction Stop).LastWriteTime
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        client_exe           = [bool](Test-Path -LiteralPath "$windows\CCM\CcmExec.exe" -ErrorAction Stop)
        version              = (Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\SMS\Mobile Client')['ProductVersion']
        site                 = $mobile['AssignedSiteCode']
        co_management_flags  = $ccm['CoManagementFlags']
        client_health_status = $health['ClientHealthStatus']
        handler_log          = $handler
        comanagement_log     = $processing
        uninstaller          = [bool](Test-Path -LiteralPath "$windows\ccmsetup\ccmsetup.exe" -ErrorAction Stop)
        task_sequence        = [bool](Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\SMS\Task Sequence' -ErrorAction Stop)
        site_system          = [bool]((Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\SMS\MP' -ErrorAction Stop) -or (Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\SMS\DP' -ErrorAction Stop))
        scom_groups          = @(Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Agent Management Groups').Count
        last_policy          = $lastPolicy
    })
}
