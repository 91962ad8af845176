function Save-ServiceMode
{
    <#
        .SYNOPSIS
            Write down the start mode of a service.

        .DESCRIPTION
            A service that does not exist is written down as absent.

        .PARAMETER Target
            What New-BackupTarget gave.

        .EXAMPLE
            Save-ServiceMode -Target $target

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target
    )

    $Target.data = Get-ServiceMode -Name $Target.object
    $Target.present = $Target.data -ne ''
}
