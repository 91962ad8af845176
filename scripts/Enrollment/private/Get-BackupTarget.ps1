function Get-BackupTarget
{
    <#
        .SYNOPSIS
            List everything that the named stages may touch.

        .DESCRIPTION
            In the order in which the stages touch it; what is restored comes back in the opposite order.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Get-BackupTarget -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    if ('agents' -in $Attempt.Stages)
    {
        Get-AgentBackupTarget
    }
    if ('configmgr' -in $Attempt.Stages)
    {
        Get-ConfigMgrBackupTarget -Allowed $Attempt.AllowConfigMgrRemoval
    }
    if ('services' -in $Attempt.Stages)
    {
        foreach ($name in $Attempt.ServiceName)
        {
            New-BackupTarget -Kind 'service' -Object $name
        }
    }
    if ('join' -in $Attempt.Stages)
    {
        New-BackupTarget -Kind 'task' -Object '\Microsoft\Windows\Workplace Join\Automatic-Device-Join'
    }
    if ('tasks' -in $Attempt.Stages)
    {
        Get-TaskBackupTarget -EnrollmentId $Attempt.EnrollmentId
    }
    if ('certificates' -in $Attempt.Stages)
    {
        foreach ($thumbprint in $Attempt.Thumbprint)
        {
            New-BackupTarget -Kind 'certificate' -Object $thumbprint
        }
    }
    if ('state' -in $Attempt.Stages)
    {
        Get-StateBackupTarget -EnrollmentId $Attempt.EnrollmentId
    }
    if ('flag' -in $Attempt.Stages)
    {
        New-BackupTarget -Kind 'value' -Object 'HKLM\SOFTWARE\Microsoft\Enrollments' -Name 'ExternallyManaged' -Type 'DWord'
    }
    if ('policy' -in $Attempt.Stages)
    {
        foreach ($task in @(Get-AutoEnrollTask))
        {
            New-BackupTarget -Kind 'task' -Object ($task.TaskPath + $task.TaskName)
        }
    }
    foreach ($item in $Attempt.OwnStep)
    {
        $words = $item.Split(' ')
        New-BackupTarget -Kind 'own' -Object $words[0] -Name $words[4] -Type $words[1]
    }
}
