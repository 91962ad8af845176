function Get-EnrollmentList
{
    <#
        .SYNOPSIS
            Read every enrollment id of this PC.

        .DESCRIPTION
            Pseudo providers are listed like the others: telling them apart is not done here. An id whose keys
            cannot be read is listed with the id of the error, and the others are none the worse for it.

        .EXAMPLE
            Get-EnrollmentList

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $counts = @{}
    foreach ($task in @(Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt' -Recurse))
    {
        $id = $task.TaskPath.Trim('\').Split('\')[-1].ToLowerInvariant()
        $counts[$id] = [int]$counts[$id] + 1
    }
    $seen = Get-EnrollmentSighting
    foreach ($id in @($seen.Keys))
    {
        try
        {
            Get-EnrollmentEntry -EnrollmentId $id -Place $seen[$id] -TaskCount ([int]$counts[$id])
        }
        catch
        {
            [ordered]@{ id = $id; in = $seen[$id]; unread = $_.FullyQualifiedErrorId.Split(',')[0] }
        }
    }
}
