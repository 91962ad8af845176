function Undo-OwnHardening
{
    <#
        .SYNOPSIS
            Put the block of the old hardening package back.

        .DESCRIPTION
            Gets what the fact function read before the repair. What is as it was is left alone, so that it can be
            done twice, and where the repair never came to run.

        .PARAMETER Attempt
            What is known of the attempt; handed on to Invoke-StageChange.

        .PARAMETER Before
            What Get-OwnHardening read before the repair.

        .EXAMPLE
            Undo-OwnHardening -Attempt $attempt -Before $before

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
        $Before
    )

    $key = 'HKLM:\SOFTWARE\Fabrikam\Hardening'
    $flag = (Get-RegistryTable -LiteralPath $key)['BlockMdm']
    if (($Before.block_mdm -ne 0) -and ($flag -ne $Before.block_mdm))
    {
        $change = New-StageChange -Object 'HKLM\SOFTWARE\Fabrikam\Hardening BlockMdm' -Action 'set' -Before ([string]$flag)
        $wanted = @{ Key = $key; Value = $Before.block_mdm }
        Invoke-StageChange -Attempt $Attempt -Change $change -Target $wanted -Action { param ($Wanted) Set-ItemProperty -LiteralPath $Wanted.Key -Name 'BlockMdm' -Value $Wanted.Value -ErrorAction Stop }
    }
}
