function Invoke-StageChange
{
    <#
        .SYNOPSIS
            Make one change, with a line in the journal before and after it.

        .DESCRIPTION
            The only place where a stage changes the PC. Under WhatIf the change is noted and not made.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Change
            What New-StageChange gave.

        .PARAMETER Action
            Makes the change; it gets Target as its one argument.

        .PARAMETER Target
            What the script block works on.

        .EXAMPLE
            Invoke-StageChange -Attempt $attempt -Change $change -Target $path -Action { param ($Path) Remove-Item -LiteralPath $Path }

        .OUTPUTS
            What the script block gave.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [object]
        $Change,

        [Parameter(Mandatory = $true)]
        [scriptblock]
        $Action,

        [Parameter()]
        [object]
        $Target
    )

    if ($PSCmdlet.ShouldProcess($Change.object, $Change.action))
    {
        Write-JournalEntry -Attempt $Attempt -Phase 'before' -Change $Change
        try
        {
            & $Action $Target
        }
        catch
        {
            Write-JournalEntry -Attempt $Attempt -Phase 'failed' -Change $Change
            throw
        }
        Write-JournalEntry -Attempt $Attempt -Phase 'after' -Change $Change
    }
    $null = $Attempt.Changes.Add($Change)
    $Attempt.Made = $Attempt.Made + 1
}
