function Invoke-ClockStage
{
    <#
        .SYNOPSIS
            Set the clock by the domain.

        .DESCRIPTION
            Microsoft: w32tm /resync; it needs the time service running.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-ClockStage -Attempt $attempt

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

    $service = Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = 'W32Time'" -ErrorAction Stop
    if (($null -ne $service) -and ($service.State -ne 'Running'))
    {
        $change = New-StageChange -Object 'W32Time' -Action 'start' -Before $service.State -Restorable $false
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Action { param ($Nothing) Start-Service -Name 'W32Time' -ErrorAction Stop }
    }
    $change = New-StageChange -Object 'clock' -Action 'set' -Before (ConvertTo-UtcText -Date (Get-Date)) -Restorable $false
    $code = Invoke-StageChange -Attempt $Attempt -Change $change -Action { param ($Nothing) Invoke-Program -Name 'w32tm.exe' -Argument '/resync' }
    if (($null -ne $code) -and ($code -ne 0))
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "clock_not_set: w32tm /resync ended with $code; check the time source of the domain" -Result $code
    }
    else
    {
        New-StageOutcome -Attempt $Attempt
    }
}
