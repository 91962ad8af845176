function Write-JournalEntry
{
    <#
        .SYNOPSIS
            Write one line of the journal of a run.

        .DESCRIPTION
            One before and one after each change, so that there is always an answer to the question whether it
            happened.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Phase
            before, after or failed.

        .PARAMETER Change
            What New-StageChange gave.

        .EXAMPLE
            Write-JournalEntry -Attempt $attempt -Phase 'before' -Change $change

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [string]
        $Phase,

        [Parameter(Mandatory = $true)]
        [object]
        $Change
    )

    $line = [ordered]@{
        time   = ConvertTo-UtcText -Date (Get-Date)
        fence  = $Attempt.Fence
        stage  = $Attempt.Stage
        phase  = $Phase
        action = $Change.action
        object = $Change.object
        before = $Change.before
    }
    if ($PSCmdlet.ShouldProcess($Attempt.JournalFile, 'add'))
    {
        Add-Content -LiteralPath $Attempt.JournalFile -Value (ConvertTo-CompactJson -InputObject $line) -Encoding UTF8 -ErrorAction Stop
    }
}
