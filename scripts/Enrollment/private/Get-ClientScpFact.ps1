function Get-ClientScpFact
{
    <#
        .SYNOPSIS
            Read what is set on this PC about where and whether it joins the directory in the cloud.

        .DESCRIPTION
            Microsoft: a targeted deployment of the join sets the service connection point, and it is never stale
            state; policies turn the join of domain PCs on, and keep users from adding work accounts.

        .EXAMPLE
            Get-ClientScpFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $root = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ'
    $values = Get-RegistryTable -LiteralPath "$root\AAD"
    $policy = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WorkplaceJoin'
    ConvertTo-CompactTable -InputObject ([ordered]@{
        tenant_id                = $values['TenantId']
        tenant_name              = $values['TenantName']
        fallback_to_sync_join    = (Get-RegistryTable -LiteralPath $root)['FallbackToSyncJoin']
        auto_workplace_join      = $policy['autoWorkplaceJoin']
        block_aad_workplace_join = $policy['BlockAADWorkplaceJoin']
    })
}
