function Exit-RepairLock
{
    <#
        .SYNOPSIS
            Give the mutex back.

        .DESCRIPTION
            The last thing that a run does.

        .PARAMETER Lock
            What Enter-RepairLock gave.

        .EXAMPLE
            Exit-RepairLock -Lock $lock

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Lock
    )

    $null = $Lock.ReleaseMutex()
    $null = $Lock.Dispose()
}
