function Get-SignInEventFact
{
    <#
        .SYNOPSIS
            Read the newest errors of the sign-in to the directory in the cloud.

        .DESCRIPTION
            Microsoft: 1081 and 1088 are errors of the server, 1084 of the network; 1097, 1098 and 1104 are those of
            the token broker.

        .EXAMPLE
            Get-SignInEventFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    Get-EventFact -Channel 'Microsoft-Windows-AAD/Operational' -Id @(1081, 1084, 1088, 1097, 1098, 1104) -Newest 8
}
