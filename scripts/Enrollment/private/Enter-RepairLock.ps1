function Enter-RepairLock
{
    <#
        .SYNOPSIS
            Take the mutex that lets one run at a time change this PC.

        .DESCRIPTION
            Not waited for: the orchestrator decides when to come again. A mutex whose session was lost is taken
            over.

        .EXAMPLE
            $lock = Enter-RepairLock

        .OUTPUTS
            System.Threading.Mutex
    #>
    [CmdletBinding()]
    [OutputType([System.Threading.Mutex])]
    param ()

    $mutex = New-Object -TypeName 'System.Threading.Mutex' -ArgumentList $false, 'Global\enrollmend'
    $held = $false
    try
    {
        $held = $mutex.WaitOne(0)
    }
    catch [System.Threading.AbandonedMutexException]
    {
        Write-Verbose -Message 'The session that held the mutex was lost.'
        $held = $true
    }
    if (-not $held)
    {
        Write-EnrollmentError -Id 'Busy' -Message 'Another run is changing this PC. Nothing was changed: try again later.'
    }
    $mutex
}
