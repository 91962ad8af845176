function Get-LegacyClientPlace
{
    <#
        .SYNOPSIS
            Name the places of the retired Intune PC client.

        .DESCRIPTION
            Microsoft: removal of the Intune software client, and the cure for 0x8007064C. The installer key is
            the packed form of product code {700F5896-E3D7-44BE-BA86-945B7D19E359}.

        .EXAMPLE
            (Get-LegacyClientPlace).Folder

        .OUTPUTS
            System.Collections.Hashtable
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param ()

    $folder = Join-Path -Path $env:ProgramFiles -ChildPath 'Microsoft\OnlineManagement'
    @{
        Folder       = $folder
        Uninstaller  = Join-Path -Path $folder -ChildPath 'Common\ProvisioningUtil.exe'
        Key          = 'HKLM:\SOFTWARE\Microsoft\OnlineManagement'
        InstallerKey = 'HKLM:\SOFTWARE\Classes\Installer\Products\6985F0077D3EEB44AB6849B5D7913E95'
    }
}
