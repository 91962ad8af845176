function Restore-SiteStep
{
    <#
        .SYNOPSIS
            Undo one step of the site.

        .DESCRIPTION
            By its own function, with what was read before the step. Only functions that the caller names are
            called; without it the step is named as what cannot come back.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-SiteStep -Attempt $attempt -Entry $entry

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

    $undo = $Entry.name
    if (-not $Entry.present)
    {
        Write-Verbose -Message "There was nothing of the step $($Entry.object)."
    }
    elseif ($undo -in $Attempt.OwnUndo)
    {
        $before = ConvertFrom-Json -InputObject $Entry.data
        try
        {
            $null = & $undo -Attempt $Attempt -Before $before
        }
        catch
        {
            # What enrollmend itself changed is put back all the same; the outcome says what is left.
            $null = $Attempt.Stuck.Add("$undo of step $($Entry.object) says: $($_.Exception.Message)")
        }
    }
    else
    {
        $note = New-StageChange -Object "own:$($Entry.object)" -Action 'create' -Before $undo -Restorable $false
        $null = $Attempt.Changes.Add($note)
    }
}
