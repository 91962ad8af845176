function Get-SharedProductName
{
    <#
        .SYNOPSIS
            List the products of the retired Intune PC client that other managers install too.

        .DESCRIPTION
            Operations Manager, Configuration Manager and System Center Endpoint Protection bring them as well.

        .EXAMPLE
            Get-SharedProductName

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    @(
        'System Center 2012 - Operations Manager Agent'
        'Microsoft Policy Platform'
        'Microsoft Security Client'
        'Windows Policy Platform'
        'Windows Security Client'
    )
}
