function Get-ForeignAgentFact
{
    <#
        .SYNOPSIS
            Look for agents of other device managers.

        .DESCRIPTION
            Community: places of Workspace ONE. Shown, never removed.

        .EXAMPLE
            Get-ForeignAgentFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $places = @(
        @{ Name = 'Workspace ONE'; Path = 'HKLM:\SOFTWARE\AIRWATCHMDM' }
        @{ Name = 'Workspace ONE'; Path = 'HKLM:\SOFTWARE\AIRWATCH' }
        @{ Name = 'Workspace ONE'; Path = 'HKLM:\SOFTWARE\WorkspaceONE' }
        @{ Name = 'Workspace ONE'; Path = "$env:ProgramData\AirWatchMDM" }
        @{ Name = 'Workspace ONE'; Path = "$env:ProgramData\AirWatch" }
    )
    foreach ($place in $places)
    {
        if (Test-Path -LiteralPath $place.Path -ErrorAction Stop)
        {
            [ordered]@{ name = $place.Name; evidence = $place.Path.Replace('HKLM:\', 'HKLM\') }
        }
    }
}
