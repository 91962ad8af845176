function Get-JoinInfoFact
{
    <#
        .SYNOPSIS
            Read the joins that the registry records.

        .DESCRIPTION
            Community: CloudDomainJoin\JoinInfo has a subkey for the certificate of each join. Read, never
            changed.

        .EXAMPLE
            Get-JoinInfoFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $root = 'HKLM:\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo'
    foreach ($name in @(Get-RegistryChildName -LiteralPath $root))
    {
        $values = Get-RegistryTable -LiteralPath "$root\$name"
        ConvertTo-CompactTable -InputObject ([ordered]@{
            thumbprint = $name
            tenant_id  = $values['TenantId']
            user_email = $values['UserEmail']
        })
    }
}
