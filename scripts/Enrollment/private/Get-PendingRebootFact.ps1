function Get-PendingRebootFact
{
    <#
        .SYNOPSIS
            Read whether Windows waits for a restart.

        .DESCRIPTION
            The three usual places, general knowledge of the platform.

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
    [ordered]@{
        cbs            = [bool](Test-Path -LiteralPath "$windows\Component Based Servicing\RebootPending" -ErrorAction Stop)
        windows_update = [bool](Test-Path -LiteralPath "$windows\WindowsUpdate\Auto Update\RebootRequired" -ErrorAction Stop)
        file_rename    = @($manager['PendingFileRenameOperations'] | Where-Object -FilterScript { -not [string]::IsNullOrEmpty($_) }).Count -gt 0
    }
}
