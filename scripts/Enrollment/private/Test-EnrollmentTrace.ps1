function Test-EnrollmentTrace
{
    <#
        .SYNOPSIS
            Tell whether an id without a key below Enrollments is what an enrollment left behind.

        .DESCRIPTION
            Tasks in its own folder or OMA-DM state show it; so does the manifest of this run, when an earlier
            attempt of it was interrupted. An id that is nowhere is harmless: there is nothing to remove.

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

    $shown = $false
    $seen = $false
    foreach ($tree in @(Get-TaskTree))
    {
        $shown = $shown -or (@(Get-TaskSubfolderName -Path $tree.Path) -contains $EnrollmentId)
    }
    foreach ($root in @(Get-EnrollmentRoot))
    {
        if (Test-RegistryChild -LiteralPath $root.Path -Name $EnrollmentId)
        {
            $seen = $true
            $shown = $shown -or ($root.Path -like 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\*')
        }
    }
    $manifest = Get-BackupManifest -RunId $RunId
    if ($null -ne $manifest)
    {
        $shown = $shown -or (@($manifest.enrollment_ids) -contains $EnrollmentId)
    }
    $shown -or (-not $seen)
}
