function ConvertTo-CompactJson
{
    <#
        .SYNOPSIS
            Turn one table into one line of JSON.

        .DESCRIPTION
            Depth 8, no blanks. The orchestrator reads nothing else from a device.

        .PARAMETER InputObject
            Hashtable or ordered dictionary of plain values.

        .EXAMPLE
            ConvertTo-CompactJson -InputObject @{ format = 1 }

        .OUTPUTS
            System.String. One JSON object.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $InputObject
    )

    $json = ConvertTo-Json -InputObject $InputObject -Compress -Depth 8
    $json
}
