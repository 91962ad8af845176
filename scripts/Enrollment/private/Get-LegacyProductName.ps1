function Get-LegacyProductName
{
    <#
        .SYNOPSIS
            List the products of the retired Intune PC client, in the order of their removal.

        .DESCRIPTION
            Microsoft: client-side removal of the Intune software client. Both spellings of each name are
            documented; the older one begins with Windows.

        .EXAMPLE
            Get-LegacyProductName

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    @(
        'Microsoft Endpoint Protection Management Components'
        'Microsoft Intune Notification Service'
        'System Center 2012 - Operations Manager Agent'
        'Microsoft Online Management Policy Agent'
        'Microsoft Policy Platform'
        'Microsoft Security Client'
        'Microsoft Online Management Client'
        'Microsoft Online Management Client Service'
        'Microsoft Easy Assist v2'
        'Microsoft Intune Monitoring Agent'
        'Windows Intune Endpoint Protection Agent'
        'Windows Firewall Configuration Provider'
        'Microsoft Intune Center'
        'Microsoft Online Management Update Manager'
        'Microsoft Online Management Agent Installer'
        'Microsoft Intune'
        'Windows Endpoint Protection Management Components'
        'Windows Intune Notification Service'
        'Windows Online Management Policy Agent'
        'Windows Policy Platform'
        'Windows Security Client'
        'Windows Online Management Client'
        'Windows Online Management Client Service'
        'Windows Easy Assist v2'
        'Windows Intune Monitoring Agent'
        'Windows Intune Center'
        'Windows Online Management Update Manager'
        'Windows Online Management Agent Installer'
        'Windows Intune'
    )
}
