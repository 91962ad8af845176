function Get-EnrollmentMarker
{
    <#
        .SYNOPSIS
            Take the time of this PC and the newest record of the enrollment channel.

        .DESCRIPTION
            Only what comes after it counts. A channel that does not exist has no records.

        .EXAMPLE
            Get-EnrollmentMarker

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $record = 0
    try
    {
        $record = Get-NewestEventRecord -Channel (Get-EnrollmentChannel)
    }
    catch
    {
        if ($_.FullyQualifiedErrorId -notlike 'Enrollmend.ChannelMissing*')
        {
            throw
        }
    }
    [ordered]@{ time = ConvertTo-UtcText -Date (Get-Date); record = $record }
}
