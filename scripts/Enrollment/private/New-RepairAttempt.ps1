function New-RepairAttempt
{
    <#
        .SYNOPSIS
            Make the table that a stage knows about its attempt.

        .DESCRIPTION
            Ids, names, places, and the changes of the stage that is running.

        .PARAMETER RunId
            Id of the run.

        .PARAMETER Fence
            Number of the attempt.

        .PARAMETER Stage
            Stages that were asked for.

        .PARAMETER EnrollmentId
            Enrollments to remove.

        .PARAMETER Thumbprint
            Certificates to remove.

        .PARAMETER ServiceName
            Services to enable.

        .PARAMETER CredentialType
            Which token enrolls.

        .PARAMETER AllowConfigMgrRemoval
            The operator allows to remove an orphaned Configuration Manager client.

        .PARAMETER RebootSignedIn
            The operator allows to restart the PC while somebody is signed in.

        .PARAMETER OwnStep
            Steps of the site: name, and functions to read, fix, verify and undo.

        .EXAMPLE
            New-RepairAttempt -RunId 'r-1' -Fence 41

        .OUTPUTS
            System.Collections.Hashtable
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $RunId,

        [Parameter(Mandatory = $true)]
        [int64]
        $Fence,

        [Parameter()]
        [string[]]
        $Stage = @(),

        [Parameter()]
        [string[]]
        $EnrollmentId = @(),

        [Parameter()]
        [string[]]
        $Thumbprint = @(),

        [Parameter()]
        [string[]]
        $ServiceName = @(),

        [Parameter()]
        [string]
        $CredentialType = 'User',

        [Parameter()]
        [bool]
        $AllowConfigMgrRemoval = $false,

        [Parameter()]
        [bool]
        $RebootSignedIn = $false,

        [Parameter()]
        [string[]]
        $OwnStep = @()
    )

    $root = Join-Path -Path $env:ProgramData -ChildPath 'enrollmend'
    @{
        RunId                 = $RunId
        Fence                 = $Fence
        Stages                = @($Stage)
        EnrollmentId          = @($EnrollmentId | ForEach-Object -Process { $_.ToLowerInvariant() })
        Thumbprint            = @($Thumbprint)
        ServiceName           = @($ServiceName)
        CredentialType        = $CredentialType
        AllowConfigMgrRemoval = $AllowConfigMgrRemoval
        AgentSeconds          = 1800
        RebootSignedIn        = $RebootSignedIn
        OwnStep               = @($OwnStep)
        Root                  = $root
        BackupFolder          = "$root\backup\$RunId"
        JournalFile           = "$root\journal\${RunId}.jsonl"
        Stage                 = ''
        Started               = Get-Date
        Changes               = New-Object -TypeName 'System.Collections.ArrayList'
        Made                  = 0
        Reboot                = $false
    }
}
