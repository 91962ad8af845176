function Get-ClientScpFact
{
    <#
        .SYNOPSIS
            Read the service connection point that is set on this PC.

        .DESCRIPTION
            Microsoft: a targeted deployment of the join sets it, and it is never stale state.

        .EXAMPLE
            Get-ClientScpFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ\AAD'
    ConvertTo-CompactTable -InputObject ([ordered]@{
        tenant_id   = $values['TenantId']
        tenant_name = $values['TenantName']
    })
}
