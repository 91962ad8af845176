function Repair-OwnHardening
{
    <#
        .SYNOPSIS
            Lift the block of the old hardening package.

        .DESCRIPTION
            Every change goes through Invoke-StageChange: so it stands in the journal before and after it is
            made, and is only noted under WhatIf. Done twice, it changes nothing the second time.

        .PARAMETER Attempt
            What is known of the attempt; handed on to Invoke-StageChange.

        .EXAMPLE
            Repair-OwnHardening -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $key = 'HKLM:\SOFTWARE\Fabrikam\Hardening'
    $flag = (Get-RegistryTable -LiteralPath $key)['BlockMdm']
    if (($null -ne $flag) -and ($flag -ne 0))
    {
        $change = New-StageChange -Object 'HKLM\SOFTWARE\Fabrikam\Hardening BlockMdm' -Action 'set' -Before ([string]$flag)
        Invoke-StageChange -Attempt $Attempt -Change $change -Target $key -Action { param ($Key) Set-ItemProperty -LiteralPath $Key -Name 'BlockMdm' -Value 0 -ErrorAction Stop }
    }
}
