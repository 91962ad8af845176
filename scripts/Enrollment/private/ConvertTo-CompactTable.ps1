function ConvertTo-CompactTable
{
    <#
        .SYNOPSIS
            Copy a table without its empty entries.

        .DESCRIPTION
            Absent and null mean the same to the reader, and a short answer is a cheap one.

        .PARAMETER InputObject
            An ordered dictionary.

        .EXAMPLE
            ConvertTo-CompactTable -InputObject ([ordered]@{ a = 1; b = $null })

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $InputObject
    )

    $compact = [ordered]@{}
    foreach ($key in @($InputObject.Keys))
    {
        if ($null -ne $InputObject[$key])
        {
            $compact[$key] = $InputObject[$key]
        }
    }
    $compact
}
