function Save-RegistryValue
{
    <#
        .SYNOPSIS
            Write down a registry value, or that it is absent.

        .DESCRIPTION
            A value that was absent is deleted again when the backup is restored.

        .PARAMETER Target
            What New-BackupTarget gave.

        .EXAMPLE
            Save-RegistryValue -Target $target

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target
    )

    $values = Get-RegistryTable -LiteralPath $Target.object.Replace('HKLM\', 'HKLM:\')
    $Target.present = $values.ContainsKey($Target.name)
    $Target.data = [string]$values[$Target.name]
}
