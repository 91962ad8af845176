function Get-RegistryChildName
{
    <#
        .SYNOPSIS
            List the names of the subkeys of one registry key.

        .DESCRIPTION
            Names only: a subkey that denies its reader is listed too, which opening each of them would hide.

        .PARAMETER LiteralPath
            Path of the parent key. One that is not there has no subkeys.

        .EXAMPLE
            Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments'

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $LiteralPath
    )

    if (Test-Path -LiteralPath $LiteralPath -ErrorAction Stop)
    {
        Get-ChildItem -LiteralPath $LiteralPath -Name -ErrorAction Stop
    }
}
