function ConvertTo-EventItem
{
    <#
        .SYNOPSIS
            Make one plain table of an event record.

        .DESCRIPTION
            At most nine parameters of at most 300 characters, so that no event log can swell the answer; event 1085 of
            Group Policy has its extension in the ninth.

        .PARAMETER EventRecord
            What Get-WinEvent gave.

        .EXAMPLE
            ConvertTo-EventItem -EventRecord $record

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $EventRecord
    )

    $data = @(
        foreach ($property in @($EventRecord.Properties | Select-Object -First 9))
        {
            $text = [string]$property.Value
            if ($text.Length -gt 300)
            {
                $text = $text.Substring(0, 300)
            }
            $text
        }
    )
    [ordered]@{
        id     = [int]$EventRecord.Id
        record = [int64]$EventRecord.RecordId
        time   = ConvertTo-UtcText -Date $EventRecord.TimeCreated
        data   = $data
    }
}
