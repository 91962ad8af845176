function Get-JournalFact
{
    <#
        .SYNOPSIS
            Read which attempt was here last, and whether it ended.

        .DESCRIPTION
            Open is 1 while a repair runs; it stays 1 when its session was lost.

        .EXAMPLE
            Get-JournalFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\enrollmend'
    if ($null -ne $values['RunId'])
    {
        [ordered]@{
            run_id = $values['RunId']
            fence  = [int64]$values['Fence']
            open   = [int]$values['Open'] -eq 1
        }
    }
}
