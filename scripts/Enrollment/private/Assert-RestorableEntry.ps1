function Assert-RestorableEntry
{
    <#
        .SYNOPSIS
            Refuse an object of a backup that no stage of a repair changes.

        .DESCRIPTION
            Keys of enrollments below the eight roots and of the retired client, tasks of enrollments and of the
            join, services that enrollment needs, two values, and files in the folder of this backup alone. A
            site's own steps are undone by functions that the caller names.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Assert-RestorableEntry -Attempt $attempt -Entry $entry

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

    $object = [string]$Entry.object
    $parts = @($object.TrimEnd('\').Split('\'))
    $parent = $parts[0..($parts.Count - 2)] -join '\'
    $isId = Test-EnrollmentIdText -Text $parts[-1]
    $trees = @(Get-TaskTree | ForEach-Object -Process { $_.Path })
    $roots = @(Get-EnrollmentRoot | ForEach-Object -Process { $_.Path.Replace('HKLM:\', 'HKLM\') })
    $place = Get-LegacyClientPlace
    $values = @('HKLM\SOFTWARE\Microsoft\Enrollments ExternallyManaged', 'HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Logger CurrentEnrollmentId')
    $known = switch ([string]$Entry.kind)
    {
        'key' { ($isId -and ($parent -in $roots)) -or ($object -in @($place.Key.Replace('HKLM:\', 'HKLM\'), $place.InstallerKey.Replace('HKLM:\', 'HKLM\'))) }
        'task_folder' { $isId -and ($parent -in $trees) }
        'task'
        {
            $above = @($parent.Split('\'))
            ($parent -in $trees) -or ($object -eq '\Microsoft\Windows\Workplace Join\Automatic-Device-Join') -or ((Test-EnrollmentIdText -Text $above[-1]) -and (($above[0..($above.Count - 2)] -join '\') -in $trees))
        }
        'service' { $object -in @((Get-WatchedService).Keys) }
        'value' { "$object $($Entry.name)" -in $values }
        default { $Entry.kind -in @('certificate', 'product', 'own') }
    }
    $file = [string]$Entry.file
    if ((-not $known) -or (($file -ne '') -and ("$($Attempt.BackupFolder)\$($file.Split('\')[-1])" -ne $file)))
    {
        Write-EnrollmentError -Id 'ForeignBackup' -Message "The backup of run $($Attempt.RunId) names $($Entry.kind) '$object' $file, which no repair writes. Nothing was changed." -TargetObject $object
    }
}
