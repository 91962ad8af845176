function Invoke-StateStage
{
    <#
        .SYNOPSIS
            Remove the registry keys of the named enrollments.

        .DESCRIPTION
            One enrollment at a time, exactly its child of each of the eight roots. Declared-configuration
            children go first. Afterwards the PC is looked over again: what is left of an enrollment is worse
            than all of it, so that any remainder is a failure.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-StateStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    foreach ($id in @(Get-OrderedEnrollmentId -EnrollmentId $Attempt.EnrollmentId))
    {
        foreach ($root in @(Get-EnrollmentRoot))
        {
            foreach ($name in @(Get-RegistryChildName -LiteralPath $root.Path | Where-Object -FilterScript { $_ -eq $id }))
            {
                $change = New-StageChange -Object "$($root.Path.Replace('HKLM:\', 'HKLM\'))\$name" -Action 'delete'
                $pair = @{ Root = $root.Path; Name = $name }
                $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action { param ($Pair) Remove-EnrollmentKey -Root $Pair.Root -Name $Pair.Name }
            }
        }
        Clear-CurrentEnrollment -Attempt $Attempt -EnrollmentId $id
    }
    $left = @()
    if (-not $WhatIfPreference)
    {
        $left = @(Get-EnrollmentRemainder -EnrollmentId $Attempt.EnrollmentId)
    }
    if ($left.Count -gt 0)
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "purge_incomplete: $($left -join ', ')"
    }
    else
    {
        New-StageOutcome -Attempt $Attempt
    }
}
