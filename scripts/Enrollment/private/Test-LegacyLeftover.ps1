function Test-LegacyLeftover
{
    <#
        .SYNOPSIS
            Tell whether anything of the retired Intune PC client is left that no uninstaller takes away.

        .DESCRIPTION
            The same places as Remove-LegacyLeftover clears.

        .PARAMETER Fact
            What Get-LegacyClientFact gave.

        .EXAMPLE
            Test-LegacyLeftover -Fact (Get-LegacyClientFact)

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Fact
    )

    [bool]($Fact.folder -or $Fact.registry_key -or $Fact.installer_key -or (@(Get-LegacyCertificate).Count -gt 0))
}
