function Restore-EnrollmentBackup
{
    <#
        .SYNOPSIS
            Put back what a run has changed on this PC.

        .DESCRIPTION
            From the backup of the run, in the opposite order. What is there already is left alone, so that it
            can be done twice. An enrollment made since keeps what is its own. What cannot come back, such as
            the private key of a certificate or an uninstalled product, is named as not restorable.

        .PARAMETER RunId
            Id of the run whose changes are undone.

        .PARAMETER Fence
            Number of the attempt; a lower one than was seen here is refused.

        .PARAMETER ComputerName
            Name of the PC that is meant.

        .PARAMETER OwnUndo
            Functions of the site that undo its steps; a step whose function is not among them is named as not restorable.

        .EXAMPLE
            Restore-EnrollmentBackup -RunId 'r-1' -Fence 42 -ComputerName 'PC-0042'

        .OUTPUTS
            System.String. One JSON object.
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

        [Parameter()]
        [AllowEmptyCollection()]
        [ValidatePattern('^[A-Za-z]{2,20}-Own[A-Za-z0-9]{1,60}$')]
        [string[]]
        $OwnUndo = @()
    )

    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    Assert-RepairHost -ComputerName $ComputerName
    $lock = Enter-RepairLock
    try
    {
        Assert-Fence -Fence $Fence
        $attempt = New-RepairAttempt -RunId $RunId -Fence $Fence
        Assert-EnrollmentFolder -Attempt $attempt
        $manifest = Get-BackupManifest -RunId $RunId
        if ($null -eq $manifest)
        {
            $why = "This PC has no backup of run $RunId."
            if (Test-Path -LiteralPath "$($attempt.BackupFolder)\manifest.json" -ErrorAction Stop)
            {
                $why = "The manifest of the backup of run $RunId is torn or was changed: it is not the one that was written. Its files are in $($attempt.BackupFolder)."
            }
            Write-EnrollmentError -Id 'NoBackup' -Message "$why Nothing was changed." -TargetObject $RunId
        }
        $attempt.OwnUndo = @($OwnUndo)
        $attempt.Entries = @($manifest.objects)
        foreach ($entry in $attempt.Entries)
        {
            Assert-RestorableEntry -Attempt $attempt -Entry $entry
        }
        Open-RepairAttempt -Attempt $attempt
        $live = @(Get-LiveEnrollmentId)
        $attempt.Living = @($live) + @(Get-LinkedEnrollmentId -EnrollmentId $live)
        $attempt.Kept = New-Object -TypeName 'System.Collections.ArrayList'
        $attempt.Stuck = New-Object -TypeName 'System.Collections.ArrayList'
        $outcome = Invoke-RepairStage -Attempt $attempt -Name 'restore' -Action {
            param ($Attempt)
            for ($index = $Attempt.Entries.Count - 1; $index -ge 0; $index--)
            {
                Restore-BackupObject -Attempt $Attempt -Entry $Attempt.Entries[$index]
            }
            $reason = ''
            if ($Attempt.Kept.Count -gt 0)
            {
                $reason = "an enrollment made since stays: $(@($Attempt.Kept | Select-Object -Unique) -join ', ')"
            }
            if ($Attempt.Stuck.Count -gt 0)
            {
                New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "own_undo_failed: $(@($Attempt.Stuck) -join '; '). Everything else was put back: mend it, and undo again"
            }
            else
            {
                New-StageOutcome -Attempt $Attempt -Reason $reason
            }
        }
        Close-RepairAttempt -Attempt $attempt
        ConvertTo-CompactJson -InputObject $outcome
    }
    finally
    {
        Exit-RepairLock -Lock $lock
    }
}
