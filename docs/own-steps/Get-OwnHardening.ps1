function Get-OwnHardening
{
    <#
        .SYNOPSIS
            Read what the old hardening package left on this PC.

        .DESCRIPTION
            A fact: reads, changes nothing, and gives one table. A value that is not there is
            given in the kind of one that is, so that it can be compared: 0, and an empty text.

        .EXAMPLE
            Get-OwnHardening

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Fabrikam\Hardening'
    [ordered]@{ block_mdm = [int64]$values['BlockMdm']; role = [string]$values['Role'] }
}
