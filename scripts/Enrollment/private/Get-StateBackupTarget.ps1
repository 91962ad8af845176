function Get-StateBackupTarget
{
    <#
        .SYNOPSIS
            List the registry keys of the named enrollments.

        .DESCRIPTION
            Each of the eight roots that has the id, and the value that names the current enrollment.

        .PARAMETER EnrollmentId
            Enrollments to remove.

        .EXAMPLE
            Get-StateBackupTarget -EnrollmentId $id

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
        foreach ($root in @(Get-EnrollmentRoot))
        {
            # The spelling of the key itself, for that is how it has to come back.
            foreach ($name in @(Get-RegistryChildName -LiteralPath $root.Path | Where-Object -FilterScript { $_ -eq $id }))
            {
                New-BackupTarget -Kind 'key' -Object "$($root.Path.Replace('HKLM:\', 'HKLM\'))\$name"
            }
        }
    }
    New-BackupTarget -Kind 'value' -Object 'HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Logger' -Name 'CurrentEnrollmentId' -Type 'String'
}
