function Test-EnrollmentTrace
{
    <#
        .SYNOPSIS
            Tell whether an id without a key below Enrollments is what an enrollment left behind.

        .DESCRIPTION
            An OMA-DM account shows it, or a task in its own folder whose name is one that enrollment clients
            give (community; the same parts of names as the diagnosis uses). So does the manifest of this run,
            when an earlier attempt of it was interrupted. Nothing else does: not an empty folder, and not that
            the id is seen nowhere.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .PARAMETER RunId
            Id of this run.

        .EXAMPLE
            Test-EnrollmentTrace -EnrollmentId $id -RunId 'r-1'

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [string]
        $RunId
    )

    $marks = @('enrollment client', 'dm client', 'omadmclient', 'pushlaunch', 'pushrenewal', 'pushupgrade', 'pushupdate', 'incomplete session', 'provisioning initiated session', 'queued alerts', 'declared configuration', 'policy manager login')
    $shown = Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts' -Name $EnrollmentId
    foreach ($tree in @(Get-TaskTree))
    {
        foreach ($task in @(Get-TaskBelow -TaskPath "$($tree.Path)\$EnrollmentId\"))
        {
            $name = ([string]$task.TaskName).ToLowerInvariant()
            $shown = $shown -or (@($marks | Where-Object -FilterScript { $name.Contains($_) }).Count -gt 0)
        }
    }
    $manifest = Get-BackupManifest -RunId $RunId
    if ($null -ne $manifest)
    {
        $shown = $shown -or (@($manifest.enrollment_ids) -contains $EnrollmentId)
    }
    $shown
}
