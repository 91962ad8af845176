function Test-LegacyLeftover
{
    <#
        .SYNOPSIS
            Tell whether anything of the retired Intune PC client is left that no uninstaller takes away.

        .DESCRIPTION
            The same places as Remove-LegacyLeftover clears.

        .EXAMPLE
            Test-LegacyLeftover

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $fact = Get-LegacyClientFact
    [bool]($fact.folder -or $fact.registry_key -or $fact.installer_key -or (@(Get-LegacyCertificate).Count -gt 0))
}
