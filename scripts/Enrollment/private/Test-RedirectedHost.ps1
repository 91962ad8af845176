function Test-RedirectedHost
{
    <#
        .SYNOPSIS
            Tell whether this is a 32-bit host on 64-bit Windows.

        .DESCRIPTION
            There, reading HKLM\SOFTWARE gives the 32-bit view, which is another place. Environment variables
            tell it in every language mode.

        .EXAMPLE
            Test-RedirectedHost

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    -not [string]::IsNullOrEmpty($env:PROCESSOR_ARCHITEW6432)
}
