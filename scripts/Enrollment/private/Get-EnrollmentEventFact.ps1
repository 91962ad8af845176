function Get-EnrollmentEventFact
{
    <#
        .SYNOPSIS
            Read the newest enrollment events.

        .DESCRIPTION
            Microsoft: ids 71 to 76 tell how an enrollment ended; the others name the step that failed.

        .EXAMPLE
            Get-EnrollmentEventFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    Get-EventFact -Channel (Get-EnrollmentChannel) -Id @(5, 7, 9, 10, 11, 16, 17, 52, 57, 58, 59, 65, 71, 72, 75, 76, 90, 91, 208, 209) -Newest 60
}
