function ConvertTo-UtcText
{
    <#
        .SYNOPSIS
            Write a date as UTC, yyyy-MM-ddTHH:mm:ssZ.

        .DESCRIPTION
            The sortable format is the one that no culture changes: neither its separators nor its calendar.

        .PARAMETER Date
            A local or UTC time.

        .EXAMPLE
            ConvertTo-UtcText -Date (Get-Date)

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [datetime]
        $Date
    )

    $utc = $Date.ToUniversalTime()
    $utc.ToString('s') + 'Z'
}
