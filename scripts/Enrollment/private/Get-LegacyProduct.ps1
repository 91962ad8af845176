function Get-LegacyProduct
{
    <#
        .SYNOPSIS
            Find the installed products of the retired Intune PC client.

        .DESCRIPTION
            From the uninstall keys, by exact name. Win32_Product is not asked, because each query makes Windows
            Installer check every product.

        .EXAMPLE
            Get-LegacyProduct

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary, in the order of removal.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $names = @(Get-LegacyProductName)
    $shared = @(Get-SharedProductName)
    $installed = @(
        foreach ($root in @('HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall'))
        {
            foreach ($code in @(Get-RegistryChildName -LiteralPath $root))
            {
                if ($code -match '^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$')
                {
                    $values = Get-RegistryTable -LiteralPath "$root\$code"
                    [ordered]@{ code = $code; name = [string]$values['DisplayName']; version = $values['DisplayVersion'] }
                }
            }
        }
    )
    foreach ($name in $names)
    {
        foreach ($product in @($installed | Where-Object -FilterScript { $_.name -eq $name }))
        {
            $product['shared'] = $name -in $shared
            $product
        }
    }
}
