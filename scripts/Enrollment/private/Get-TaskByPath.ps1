function Get-TaskByPath
{
    <#
        .SYNOPSIS
            Find a scheduled task by its full path.

        .DESCRIPTION
            Folder and name are compared exactly.

        .PARAMETER FullPath
            Folder and name together.

        .EXAMPLE
            Get-TaskByPath -FullPath '\Microsoft\Windows\Workplace Join\Automatic-Device-Join'

        .OUTPUTS
            MSFT_ScheduledTask, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $FullPath
    )

    $cut = $FullPath.LastIndexOf('\') + 1
    $name = $FullPath.Substring($cut)
    Get-TaskBelow -TaskPath $FullPath.Substring(0, $cut) | Where-Object -FilterScript { $_.TaskName -eq $name }
}
