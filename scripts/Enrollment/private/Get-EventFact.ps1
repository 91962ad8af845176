function Get-EventFact
{
    <#
        .SYNOPSIS
            Read the newest events of a channel, as numbers and parameters.

        .DESCRIPTION
            Event texts are localised, so only the parameters are read. A channel without such events is empty;
            a channel that does not exist is an error.

        .PARAMETER Channel
            Name of the event channel.

        .PARAMETER Id
            Event ids, at most 22, the limit of one query.

        .PARAMETER Newest
            How many to return.

        .EXAMPLE
            Get-EventFact -Channel 'System' -Id 1085 -Newest 20

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Channel,

        [Parameter(Mandatory = $true)]
        [int[]]
        $Id,

        [Parameter(Mandatory = $true)]
        [int]
        $Newest
    )

    $newestRecord = Get-NewestEventRecord -Channel $Channel
    $items = @()
    try
    {
        $events = @(Get-WinEvent -FilterHashtable @{ LogName = $Channel; Id = $Id } -MaxEvents $Newest -ErrorAction Stop)
        $items = @($events | ForEach-Object -Process { ConvertTo-EventItem -EventRecord $_ })
    }
    catch
    {
        if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*')
        {
            throw
        }
    }
    [ordered]@{ channel = $Channel; newest_record = $newestRecord; items = $items }
}
