function Invoke-ServiceStage
{
    <#
        .SYNOPSIS
            Enable exactly the named services.

        .DESCRIPTION
            A service that is disabled gets the start mode that Windows gives it. One that is missing is a
            failure: its key has to be brought from a PC of the same build.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-ServiceStage -Attempt $attempt

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

    $defaults = Get-WatchedService
    $missing = @()
    foreach ($name in $Attempt.ServiceName)
    {
        $mode = Get-ServiceMode -Name $name
        if ($mode -eq '')
        {
            $missing = $missing + $name
        }
        elseif ($mode -eq 'Disabled')
        {
            $change = New-StageChange -Object $name -Action 'enable' -Before $mode
            $pair = @{ Name = $name; Mode = $defaults[$name] }
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action { param ($Pair) Set-Service -Name $Pair.Name -StartupType $Pair.Mode -ErrorAction Stop }
        }
    }
    if ($missing.Count -gt 0)
    {
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "service_missing: $($missing -join ', ') does not exist on this PC; import its key from a PC of the same build and restart"
    }
    else
    {
        New-StageOutcome -Attempt $Attempt
    }
}
