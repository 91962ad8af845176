function Get-JoinEventFact
{
    <#
        .SYNOPSIS
            Read the newest events of the device registration.

        .DESCRIPTION
            Microsoft: 306 is a success, 304, 305 and 307 are failures, 201, 204 and 220 name the step.

        .EXAMPLE
            Get-JoinEventFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    Get-EventFact -Channel 'Microsoft-Windows-User Device Registration/Admin' -Id @(201, 204, 220, 304, 305, 306, 307) -Newest 20
}
