function Test-SharedProductRemovable
{
    <#
        .SYNOPSIS
            Tell whether products that other managers install too belong to nobody else on this PC.

        .DESCRIPTION
            Not with a Configuration Manager client, and not with a management group of Operations Manager.

        .EXAMPLE
            Test-SharedProductRemovable

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $client = Get-ConfigMgrFact
    ($client.scom_groups -eq 0) -and (-not $client.client_exe) -and ((Get-ServiceMode -Name 'CcmExec') -eq '')
}
