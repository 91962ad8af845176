function Test-RegistryChild
{
    <#
        .SYNOPSIS
            Tell whether a key has a subkey of exactly this name.

        .DESCRIPTION
            Compared with equality, never by pattern, and by the parent's list of names, so that a denied subkey
            counts as present.

        .PARAMETER LiteralPath
            Path of the parent key.

        .PARAMETER Name
            Name of the subkey.

        .EXAMPLE
            Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments' -Name 'Context'

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $LiteralPath,

        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    $names = @(Get-RegistryChildName -LiteralPath $LiteralPath)
    $names -contains $Name
}
