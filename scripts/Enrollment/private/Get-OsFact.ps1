function Get-OsFact
{
    <#
        .SYNOPSIS
            Read edition and build of Windows.

        .DESCRIPTION
            ProductName says Windows 10 on Windows 11 too, so the build number decides.

        .EXAMPLE
            Get-OsFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $current = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $options = Get-RegistryTable -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\ProductOptions'
    ConvertTo-CompactTable -InputObject ([ordered]@{
        build        = [int]$current['CurrentBuildNumber']
        ubr          = $current['UBR']
        edition_id   = $current['EditionID']
        product_type = $options['ProductType']
        product_name = $current['ProductName']
    })
}
