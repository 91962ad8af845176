function Test-OwnHardening
{
    <#
        .SYNOPSIS
            Tell whether the old hardening package blocks nothing any more.

        .DESCRIPTION
            Looks at the PC again after the repair; anything but true makes the stage a failure.

        .EXAMPLE
            Test-OwnHardening

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $flag = (Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Fabrikam\Hardening')['BlockMdm']
    ($null -eq $flag) -or ($flag -eq 0)
}
