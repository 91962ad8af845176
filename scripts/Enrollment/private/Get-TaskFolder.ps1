function Get-TaskFolder
{
    <#
        .SYNOPSIS
            Open a folder of the Task Scheduler.

        .DESCRIPTION
            Through Schedule.Service, because the ScheduledTasks cmdlets do not show empty folders. Walks down
            from the top and compares names, so that a missing folder is no exception.

        .PARAMETER Path
            Path without a backslash at its end, such as \Microsoft\Windows\EnterpriseMgmt.

        .EXAMPLE
            Get-TaskFolder -Path '\Microsoft\Windows\EnterpriseMgmt'

        .OUTPUTS
            ITaskFolder, or nothing when there is no such folder.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path
    )

    $service = New-Object -ComObject 'Schedule.Service'
    $null = $service.Connect()
    $folder = $service.GetFolder('\')
    foreach ($segment in @($Path.Trim('\').Split('\')))
    {
        if (($segment -ne '') -and ($null -ne $folder))
        {
            $folder = @($folder.GetFolders(0)) | Where-Object -FilterScript { $_.Name -eq $segment }
        }
    }
    $folder
}
