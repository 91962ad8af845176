function Get-TenantInfoFact
{
    <#
        .SYNOPSIS
            Read the tenants that the registry records, with their MDM addresses.

        .DESCRIPTION
            Community: CloudDomainJoin\TenantInfo has a subkey for each tenant; one of a former tenant may be
            left over. Read, never changed.

        .EXAMPLE
            Get-TenantInfoFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $root = 'HKLM:\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\TenantInfo'
    foreach ($name in @(Get-RegistryChildName -LiteralPath $root))
    {
        $values = Get-RegistryTable -LiteralPath "$root\$name"
        ConvertTo-CompactTable -InputObject ([ordered]@{
            tenant_id              = $name
            mdm_enrollment_url     = $values['MdmEnrollmentUrl']
            mdm_terms_of_use_url   = $values['MdmTermsOfUseUrl']
            mdm_compliance_url     = $values['MdmComplianceUrl']
        })
    }
}
