function Get-OwnHardening
{
    <#
        .SYNOPSIS
            Read what the old hardening package left on this PC.

        .DESCRIPTION
            A fact: reads, changes nothing, and gives one table. A value that is not there is null.

        .EXAMPLE
            Get-OwnHardening

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Fabrikam\Hardening'
    [ordered]@{ block_mdm = $values['BlockMdm']; role = $values['Role'] }
}
