function Add-LossNote
{
    <#
        .SYNOPSIS
            Name what cannot come back.

        .DESCRIPTION
            A certificate that is gone took its private key with it; a product that was uninstalled has to be
            installed. What is still there is not named.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Add-LossNote -Attempt $attempt -Entry $entry

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

    $lost = $Entry.present
    if ($Entry.kind -eq 'certificate')
    {
        $lost = $lost -and ($null -eq (Get-LocalCertificate -Thumbprint $Entry.object))
    }
    else
    {
        $there = @(Get-LegacyProduct | ForEach-Object -Process { $_.code })
        $client = "$env:SystemRoot\CCM\CcmExec.exe"
        if (Test-Path -LiteralPath $client -ErrorAction Stop)
        {
            $there = $there + $client
        }
        $lost = $lost -and ($Entry.object -notin $there)
    }
    if ($lost)
    {
        $note = New-StageChange -Object $Entry.object -Action 'create' -Before ("$($Entry.name) $($Entry.data)".Trim()) -Restorable $false
        $null = $Attempt.Changes.Add($note)
    }
}
