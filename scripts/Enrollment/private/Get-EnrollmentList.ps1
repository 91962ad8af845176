function Get-EnrollmentList
{
    <#
        .SYNOPSIS
            Read every enrollment id of this PC.

        .DESCRIPTION
            Pseudo providers are listed like the others: telling them apart is not done here. An id whose keys
            cannot be read is listed with the id of the error, and the others are none the worse for it. Ids that
            have everything else in common share one entry, whose ids are a list: a PC may have hundreds of them.

        .EXAMPLE
            Get-EnrollmentList

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $tasks = @{}
    foreach ($task in @(Get-TaskBelow -TaskPath '\Microsoft\Windows\EnterpriseMgmt' -Recurse))
    {
        $id = $task.TaskPath.Trim('\').Split('\')[-1].ToLowerInvariant()
        $tasks[$id] = @($tasks[$id]) + $task.TaskName
    }
    $seen = Get-EnrollmentSighting
    $alike = [ordered]@{}
    foreach ($id in @($seen.Keys))
    {
        try
        {
            $entry = Get-EnrollmentEntry -EnrollmentId $id -Place $seen[$id] -TaskName @($tasks[$id] | Where-Object -FilterScript { $_ })
        }
        catch
        {
            $entry = [ordered]@{ id = $id; in = $seen[$id]; unread = $_.FullyQualifiedErrorId.Split(',')[0] }
        }
        $entry.Remove('id')
        $shape = "$(@($entry.Keys) -join '|')=$(@($entry.Values) -join '|')"
        if (-not $alike.Contains($shape))
        {
            $alike[$shape] = @{ Entry = $entry; Ids = @() }
        }
        $alike[$shape].Ids = $alike[$shape].Ids + $id
    }
    foreach ($group in @($alike.Values))
    {
        if ($group.Ids.Count -eq 1)
        {
            $group.Entry['id'] = $group.Ids[0]
        }
        else
        {
            $group.Entry['ids'] = $group.Ids
        }
        $group.Entry
    }
}
