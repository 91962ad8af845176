function Restore-EnrollmentKey
{
    <#
        .SYNOPSIS
            Put a registry key back with everything below it.

        .DESCRIPTION
            When it is missing, or when exporting it again gives another file. As this session, and as SYSTEM
            when that is refused.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-EnrollmentKey -Attempt $attempt -Entry $entry

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

    $cut = $Entry.object.LastIndexOf('\')
    $name = $Entry.object.Substring(($cut + 1))
    $parent = $Entry.object.Substring(0, $cut).Replace('HKLM\', 'HKLM:\')
    $before = ''
    $same = $false
    if (Test-RegistryChild -LiteralPath $parent -Name $name)
    {
        $before = 'another content'
        $same = $WhatIfPreference -or (Test-KeyUnchanged -Entry $Entry)
    }
    if (-not $same)
    {
        $change = New-StageChange -Object $Entry.object -Action 'create' -Before $before
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $Entry.file -Action { param ($Path) Import-EnrollmentKey -FilePath $Path }
    }
}
