function New-StageOutcome
{
    <#
        .SYNOPSIS
            Make the one object that a stage returns.

        .DESCRIPTION
            Without a status it follows from what was changed. The shape is written down in docs/module.md.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Status
            Only when it is not changed or unchanged.

        .PARAMETER Reason
            One sentence for the operator.

        .PARAMETER WaitSeconds
            For parked: look again after so long.

        .PARAMETER Marker
            For the trigger: time and newest event record before it.

        .PARAMETER Result
            Exit code of the program that the stage ran, as uint32.

        .EXAMPLE
            New-StageOutcome -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter()]
        [ValidateSet('', 'parked', 'skipped', 'failed')]
        [string]
        $Status = '',

        [Parameter()]
        [AllowEmptyString()]
        [string]
        $Reason = '',

        [Parameter()]
        [int]
        $WaitSeconds = 0,

        [Parameter()]
        [object]
        $Marker,

        [Parameter()]
        [object]
        $Result
    )

    $ended = $Status
    if (($ended -eq '') -or ($WhatIfPreference -and ($ended -eq 'parked')))
    {
        $ended = 'unchanged'
        if ($Attempt.Made -gt 0)
        {
            $ended = 'changed'
            if ($WhatIfPreference)
            {
                $ended = 'would_change'
            }
        }
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        format       = 1
        stage        = $Attempt.Stage
        status       = $ended
        reason       = $Reason
        changes      = @($Attempt.Changes)
        wait_seconds = $WaitSeconds
        reboot       = $Attempt.Reboot
        elapsed_ms   = Get-ElapsedMillisecond -Since $Attempt.Started
        marker       = $Marker
        result       = $Result
    })
}
