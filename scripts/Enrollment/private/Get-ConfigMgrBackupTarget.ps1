function Get-ConfigMgrBackupTarget
{
    <#
        .SYNOPSIS
            Name the Configuration Manager client that is to be removed.

        .DESCRIPTION
            It cannot be restored, only installed again: which version it was and which site it belonged to is
            kept. A client that a guard keeps is not named.

        .PARAMETER Allowed
            The operator allowed to remove it.

        .EXAMPLE
            Get-ConfigMgrBackupTarget -Allowed $true

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [bool]
        $Allowed
    )

    $fact = Get-ConfigMgrFact
    if ($fact.client_exe -and ((Get-ConfigMgrGuard -Fact $fact -Allowed $Allowed) -eq ''))
    {
        $target = New-BackupTarget -Kind 'product' -Object "$env:SystemRoot\CCM\CcmExec.exe" -Name 'Configuration Manager client'
        $target.data = "version $($fact['version']), site $($fact['site'])"
        $target
    }
}
