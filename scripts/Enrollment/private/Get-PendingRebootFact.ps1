function Get-PendingRebootFact
{
    <#
        .SYNOPSIS
            Read whether Windows waits for a restart.

        .DESCRIPTION
            The three usual places, general knowledge of the platform, and the end of ccmsetup.

        .EXAMPLE
            Get-PendingRebootFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
    $manager = Get-RegistryTable -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
    $setup = Get-ConfigMgrSetupResult
    $asked = $null
    if ($null -ne $setup)
    {
        $asked = [bool]$setup.Restart
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        cbs            = [bool](Test-Path -LiteralPath "$windows\Component Based Servicing\RebootPending" -ErrorAction Stop)
        windows_update = [bool](Test-Path -LiteralPath "$windows\WindowsUpdate\Auto Update\RebootRequired" -ErrorAction Stop)
        configmgr      = $asked
        file_rename    = @($manager['PendingFileRenameOperations'] | Where-Object -FilterScript { -not [string]::IsNullOrEmpty($_) }).Count -gt 0
    })
}
