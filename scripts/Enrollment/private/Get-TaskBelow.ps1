function Get-TaskBelow
{
    <#
        .SYNOPSIS
            List the scheduled tasks of a folder, or of a folder and all below it.

        .DESCRIPTION
            No such folder gives nothing; a Task Scheduler that does not answer is an error.

        .PARAMETER TaskPath
            Path with a backslash at both ends.

        .PARAMETER Recurse
            Also every folder whose path begins with it.

        .EXAMPLE
            Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt\' -Recurse

        .OUTPUTS
            MSFT_ScheduledTask.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $TaskPath,

        [Parameter()]
        [switch]
        $Recurse
    )

    $tasks = @()
    try
    {
        if ($Recurse)
        {
            $tasks = @(Get-ScheduledTask -TaskPath "$TaskPath*" -ErrorAction Stop)
        }
        else
        {
            $tasks = @(Get-ScheduledTask -TaskPath $TaskPath -ErrorAction Stop | Where-Object -FilterScript { $_.TaskPath -eq $TaskPath })
        }
    }
    catch
    {
        if ($_.FullyQualifiedErrorId -notlike 'CmdletizationQuery_NotFound*')
        {
            throw
        }
    }
    $tasks
}
