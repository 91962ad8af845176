function Restore-BackupObject
{
    <#
        .SYNOPSIS
            Put one object of a backup back, if it is not there.

        .DESCRIPTION
            A file whose hash is not the one in the manifest is not believed.

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
    switch ($Entry.kind)
    {
        'key' { Restore-EnrollmentKey -Attempt $Attempt -Entry $Entry }
        'task' { Restore-EnrollmentTask -Attempt $Attempt -Entry $Entry }
        'task_folder' { Restore-TaskFolder -Attempt $Attempt -Entry $Entry }
        'service' { Restore-ServiceMode -Attempt $Attempt -Entry $Entry }
        'value' { Restore-RegistryValue -Attempt $Attempt -Entry $Entry }
        'own' { Restore-SiteStep -Attempt $Attempt -Entry $Entry }
        default { Add-LossNote -Attempt $Attempt -Entry $Entry }
    }
}
