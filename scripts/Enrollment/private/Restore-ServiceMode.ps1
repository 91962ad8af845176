function Restore-ServiceMode
{
    <#
        .SYNOPSIS
            Put the start mode of a service back.

        .DESCRIPTION
            A delayed automatic start comes back as an automatic one: PowerShell 5.1 cannot set it.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-ServiceMode -Attempt $attempt -Entry $entry

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

    $mode = Get-ServiceMode -Name $Entry.object
    if ($Entry.present -and ($mode -ne '') -and ($mode -ne $Entry.data))
    {
        $change = New-StageChange -Object $Entry.object -Action 'set' -Before $mode
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $Entry -Action { param ($Entry) Set-Service -Name $Entry.object -StartupType $Entry.data -ErrorAction Stop }
    }
}
