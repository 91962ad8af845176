function Restore-BackupObject
{
    <#
        .SYNOPSIS
            Put one object of a backup back, if it is not there.

        .DESCRIPTION
            A file whose hash is not the one in the manifest is not believed. What belongs to an enrollment that
            lives by now is left as it is and told in the outcome.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-BackupObject -Attempt $attempt -Entry $entry

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    if (([string]$Entry.file -ne '') -and ((Get-BackupHash -LiteralPath $Entry.file) -ne $Entry.sha256))
    {
        Write-EnrollmentError -Id 'StageFailed' -Message "The backup $($Entry.file) has been changed." -TargetObject $Entry.file
    }
    $owner = [string](Get-LivingOwner -Living $Attempt.Living -Entry $Entry)
    $kind = $Entry.kind
    if ($owner -ne '')
    {
        $kind = 'kept'
    }
    switch ($kind)
    {
        'kept' { $null = $Attempt.Kept.Add($owner.ToLowerInvariant()) }
        'key' { Restore-EnrollmentKey -Attempt $Attempt -Entry $Entry }
        'task' { Restore-EnrollmentTask -Attempt $Attempt -Entry $Entry }
        'task_folder' { Restore-TaskFolder -Attempt $Attempt -Entry $Entry }
        'service' { Restore-ServiceMode -Attempt $Attempt -Entry $Entry }
        'value' { Restore-RegistryValue -Attempt $Attempt -Entry $Entry }
        'own' { Restore-SiteStep -Attempt $Attempt -Entry $Entry }
        default { Add-LossNote -Attempt $Attempt -Entry $Entry }
    }
}
