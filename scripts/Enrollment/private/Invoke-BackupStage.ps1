function Invoke-BackupStage
{
    <#
        .SYNOPSIS
            Back up everything that the named stages may touch, and write the manifest.

        .DESCRIPTION
            What an earlier attempt of this run has backed up is kept as it is: by now it may be changed or
            gone. Nothing is changed before the manifest is complete.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-BackupStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $manifest = Get-BackupManifest -RunId $Attempt.RunId
    $Attempt['Manifest'] = $manifest
    $objects = New-Object -TypeName 'System.Collections.ArrayList'
    $known = @{}
    $reason = ''
    if ($null -ne $manifest)
    {
        foreach ($entry in @($manifest.objects))
        {
            $null = $objects.Add($entry)
            $known["$($entry.kind) $($entry.object) $($entry.name)"] = $true
        }
    }
    elseif (Test-Path -LiteralPath "$($Attempt.BackupFolder)\manifest.json" -ErrorAction Stop)
    {
        $reason = "the manifest of an earlier attempt is not the one that was written: what it named cannot be undone; its files are kept in $($Attempt.BackupFolder)"
    }
    foreach ($target in @(Get-BackupTarget -Attempt $Attempt))
    {
        if (-not $known.ContainsKey("$($target.kind) $($target.object) $($target.name)"))
        {
            $known["$($target.kind) $($target.object) $($target.name)"] = $true
            $stem = '{0}\{1}-{2:d3}' -f $Attempt.BackupFolder, $Attempt.Fence, $objects.Count
            $change = New-StageChange -Object ("$($target.object) $($target.name)".Trim()) -Action 'export'
            $pair = @{ Target = $target; Stem = $stem }
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action { param ($Pair) Save-BackupObject -Target $Pair.Target -Stem $Pair.Stem }
            $null = $objects.Add($target)
        }
    }
    if ($PSCmdlet.ShouldProcess($Attempt.BackupFolder, 'create'))
    {
        Save-BackupManifest -Attempt $Attempt -Objects $objects
    }
    New-StageOutcome -Attempt $Attempt -Reason $reason
}
