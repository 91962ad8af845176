function Restore-RegistryValue
{
    <#
        .SYNOPSIS
            Put a registry value back, or delete one that was absent.

        .DESCRIPTION
            Compared as text, for that is how the manifest holds it.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-RegistryValue -Attempt $attempt -Entry $entry

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

    $key = $Entry.object.Replace('HKLM\', 'HKLM:\')
    $values = Get-RegistryTable -LiteralPath $key
    $there = $values.ContainsKey($Entry.name)
    $now = [string]$values[$Entry.name]
    if ($Entry.present -and ((-not $there) -or ($now -ne $Entry.data)))
    {
        $change = New-StageChange -Object "$($Entry.object) $($Entry.name)" -Action 'set' -Before $now
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $Entry -Action {
            param ($Entry)
            $key = $Entry.object.Replace('HKLM\', 'HKLM:\')
            New-ItemProperty -LiteralPath $key -Name $Entry.name -PropertyType $Entry.type -Value $Entry.data -Force -ErrorAction Stop
        }
    }
    elseif ((-not $Entry.present) -and $there)
    {
        $change = New-StageChange -Object "$($Entry.object) $($Entry.name)" -Action 'delete' -Before $now
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $Entry -Action {
            param ($Entry)
            $key = $Entry.object.Replace('HKLM\', 'HKLM:\')
            Remove-ItemProperty -LiteralPath $key -Name $Entry.name -ErrorAction Stop
        }
    }
}
