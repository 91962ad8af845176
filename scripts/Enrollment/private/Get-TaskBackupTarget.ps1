function Get-TaskBackupTarget
{
    <#
        .SYNOPSIS
            List the tasks and folders of the named enrollments.

        .DESCRIPTION
            In both trees; an empty folder is listed too.

        .PARAMETER EnrollmentId
            Enrollments to remove.

        .EXAMPLE
            Get-TaskBackupTarget -EnrollmentId $id

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [string[]]
        $EnrollmentId
    )

    foreach ($id in $EnrollmentId)
    {
        foreach ($tree in @(Get-TaskTree))
        {
            foreach ($name in @(Get-TaskSubfolderName -Path $tree.Path | Where-Object -FilterScript { $_ -eq $id }))
            {
                New-BackupTarget -Kind 'task_folder' -Object "$($tree.Path)\$name\"
                foreach ($task in @(Get-TaskBelow -TaskPath "$($tree.Path)\$name\"))
                {
                    New-BackupTarget -Kind 'task' -Object ($task.TaskPath + $task.TaskName)
                }
            }
        }
    }
}
