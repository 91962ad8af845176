function Get-EnrollmentList
{
    <#
        .SYNOPSIS
            Read every enrollment id of this PC.

        .DESCRIPTION
            Pseudo providers are listed like the others: telling them apart is not done here.

        .EXAMPLE
            Get-EnrollmentList

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $counts = @{}
    foreach ($tree in @(Get-TaskTree))
    {
        foreach ($task in @(Get-TaskBelow -TaskPath "$($tree.Path)\" -Recurse))
        {
            $id = $task.TaskPath.Trim('\').Split('\')[-1].ToLowerInvariant()
            $counts[$id] = [int]$counts[$id] + 1
        }
    }
    $seen = Get-EnrollmentSighting
    foreach ($id in @($seen.Keys))
    {
        Get-EnrollmentEntry -EnrollmentId $id -Place $seen[$id] -TaskCount ([int]$counts[$id])
    }
}
