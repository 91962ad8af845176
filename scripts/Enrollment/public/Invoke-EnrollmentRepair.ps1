function Invoke-EnrollmentRepair
{
    <#
        .SYNOPSIS
            Remove what keeps this PC from enrolling, and trigger the enrollment.

        .DESCRIPTION
            Runs the named stages in the one fixed order, after a backup of everything they may touch. Emits one
            JSON object a stage, as each ends; stops at the first stage that failed or goes on by itself. The
            shapes and the errors are written down in docs/module.md.

        .PARAMETER RunId
            Id of the run; names its backup and its journal.

        .PARAMETER Fence
            Number of the attempt; a lower one than was seen here is refused.

        .PARAMETER ComputerName
            Name of the PC that is meant.

        .PARAMETER Stage
            Stages to run.

        .PARAMETER EnrollmentId
            Stale enrollments, bare dashed GUIDs; children before parents.

        .PARAMETER Thumbprint
            Client certificates of those enrollments.

        .PARAMETER ServiceName
            Services to enable.

        .PARAMETER CredentialType
            Which token enrolls.

        .PARAMETER AllowConfigMgrRemoval
            Allow to remove an orphaned Configuration Manager client.

        .PARAMETER AgentSeconds
            How long the uninstaller of the retired Intune client may go on, and how long Windows needs behind it
            before what is left may be deleted.

        .PARAMETER RebootSignedIn
            Allow the stage reboot to restart the PC while somebody is signed in.

        .PARAMETER OwnStep
            Steps of the site, in their order: the name of each and of its functions to read, fix, verify and undo, with blanks between.

        .EXAMPLE
            Invoke-EnrollmentRepair -RunId 'r-1' -Fence 41 -ComputerName 'PC-0042' -Stage 'flag', 'trigger'

        .OUTPUTS
            System.String. One JSON object a stage.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$')]
        [string]
        $RunId,

        [Parameter(Mandatory = $true)]
        [ValidateRange(1, 9223372036854775807)]
        [int64]
        $Fence,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [string]
        $ComputerName,

        [Parameter(Mandatory = $true)]
        [ValidateSet('backup', 'reboot', 'agents', 'configmgr', 'services', 'clock', 'join', 'tasks', 'certificates', 'state', 'flag', 'policy', 'trigger')]
        [string[]]
        $Stage,

        [Parameter()]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]
        $EnrollmentId = @(),

        [Parameter()]
        [AllowEmptyCollection()]
        [ValidatePattern('^[0-9A-Fa-f]{40}$')]
        [string[]]
        $Thumbprint = @(),

        [Parameter()]
        [AllowEmptyCollection()]
        [ValidatePattern('^[A-Za-z0-9_.-]{1,80}$')]
        [string[]]
        $ServiceName = @(),

        [Parameter()]
        [ValidateSet('User', 'Device')]
        [string]
        $CredentialType = 'User',

        [Parameter()]
        [switch]
        $AllowConfigMgrRemoval,

        [Parameter()]
        [ValidateRange(0, 2147483647)]
        [int]
        $AgentSeconds = 1800,

        [Parameter()]
        [switch]
        $RebootSignedIn,

        [Parameter()]
        [AllowEmptyCollection()]
        [ValidatePattern('^[a-z][a-z0-9-]{0,39}( [A-Za-z]{2,20}-Own[A-Za-z0-9]{1,60}){4}$')]
        [string[]]
        $OwnStep = @()
    )

    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $stages = Get-RepairStage -OwnStep $OwnStep
    Assert-RepairHost -ComputerName $ComputerName
    Assert-RepairRequest -Stage $Stage -EnrollmentId $EnrollmentId -Thumbprint $Thumbprint -ServiceName $ServiceName
    $request = @{
        RunId                 = $RunId
        Fence                 = $Fence
        Stage                 = $Stage
        EnrollmentId          = $EnrollmentId
        Thumbprint            = $Thumbprint
        ServiceName           = $ServiceName
        CredentialType        = $CredentialType
        AllowConfigMgrRemoval = [bool]$AllowConfigMgrRemoval
        RebootSignedIn        = [bool]$RebootSignedIn
        OwnStep               = $OwnStep
    }
    $attempt = New-RepairAttempt @request
    $attempt.AgentSeconds = $AgentSeconds
    $lock = Enter-RepairLock
    try
    {
        Assert-Fence -Fence $Fence
        Assert-RepairTarget -Attempt $attempt
        Open-RepairAttempt -Attempt $attempt
        $ended = $false
        foreach ($name in @($stages.Keys))
        {
            if ((-not $ended) -and (($name -eq 'backup') -or ($name -in $Stage) -or ($name -like 'own:*')))
            {
                $outcome = Invoke-RepairStage -Attempt $attempt -Name $name -Action $stages[$name]
                $ended = $outcome.status -in @('failed', 'parked')
                ConvertTo-CompactJson -InputObject $outcome
            }
        }
        Close-RepairAttempt -Attempt $attempt
    }
    finally
    {
        Exit-RepairLock -Lock $lock
    }
}
