function Get-SharedLegacyProduct
{
    <#
        .SYNOPSIS
            Find the shared products of the retired Intune PC client that may be removed with it.

        .DESCRIPTION
            Other managers install them too, so that they go only when the client's own traces are there and no
            such manager is.

        .PARAMETER Fact
            What Get-LegacyClientFact gave.

        .EXAMPLE
            Get-SharedLegacyProduct -Fact (Get-LegacyClientFact)

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Fact
    )

    $shared = @($Fact.products | Where-Object -FilterScript { $_.shared })
    $evidence = $Fact.folder -or $Fact.registry_key -or $Fact.installer_key
    if (($shared.Count -gt 0) -and $evidence -and (Test-SharedProductRemovable))
    {
        $shared
    }
}
