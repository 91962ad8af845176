function Get-AutoEnrollTask
{
    <#
        .SYNOPSIS
            Find the task that enrolls the PC by group policy.

        .DESCRIPTION
            In exactly the folder EnterpriseMgmt, by the beginning of its name: the end names the directory as
            Windows called it when the task was made.

        .EXAMPLE
            Get-AutoEnrollTask

        .OUTPUTS
            MSFT_ScheduledTask, none or several.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param ()

    $pattern = 'Schedule created by enrollment client for automatically enrolling in MDM from *'
    Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt\' | Where-Object -FilterScript { $_.TaskName -like $pattern }
}
