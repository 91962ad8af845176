function Get-LegacyClientFact
{
    <#
        .SYNOPSIS
            Read what is left of the retired Intune PC client.

        .DESCRIPTION
            Microsoft: folder, uninstaller, registry key and installer key of the Intune software client.

        .EXAMPLE
            Get-LegacyClientFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $place = Get-LegacyClientPlace
    $subfolders = @()
    $folder = [bool](Test-Path -LiteralPath $place.Folder -ErrorAction Stop)
    if ($folder)
    {
        $subfolders = @(Get-ChildItem -LiteralPath $place.Folder -Name -ErrorAction Stop)
    }
    [ordered]@{
        folder        = $folder
        subfolders    = $subfolders
        uninstaller   = [bool](Test-Path -LiteralPath $place.Uninstaller -ErrorAction Stop)
        registry_key  = [bool](Test-Path -LiteralPath $place.Key -ErrorAction Stop)
        installer_key = [bool](Test-Path -LiteralPath $place.InstallerKey -ErrorAction Stop)
        products      = @(Get-LegacyProduct)
    }
}
