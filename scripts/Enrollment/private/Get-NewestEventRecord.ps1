function Get-NewestEventRecord
{
    <#
        .SYNOPSIS
            Read the number of the newest record of a channel.

        .DESCRIPTION
            Taken before enrollment is triggered, it separates new events from old ones without trusting any
            clock.

        .PARAMETER Channel
            Name of the event channel.

        .EXAMPLE
            Get-NewestEventRecord -Channel 'System'

        .OUTPUTS
            System.Int64. 0 for an empty channel.
    #>
    [CmdletBinding()]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Channel
    )

    $newest = 0
    try
    {
        $records = @(Get-WinEvent -LogName $Channel -MaxEvents 1 -ErrorAction Stop)
        if ($records.Count -gt 0)
        {
            $newest = [int64]$records[0].RecordId
        }
    }
    catch
    {
        if ($_.FullyQualifiedErrorId -like 'NoMatchingLogsFound*')
        {
            Write-EnrollmentError -Id 'ChannelMissing' -Message "The event channel $Channel does not exist." -TargetObject $Channel
        }
        if ($_.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*')
        {
            throw
        }
    }
    $newest
}
