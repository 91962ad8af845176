function Get-LivingOwner
{
    <#
        .SYNOPSIS
            Name the living enrollment that an object of a backup belongs to by now.

        .DESCRIPTION
            A key, a task or a folder belongs to the enrollment whose GUID is a part of its path, the value
            CurrentEnrollmentId to the one that it names now.

        .PARAMETER Living
            GUIDs of the living enrollments and of those linked to them.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Get-LivingOwner -Living $ids -Entry $entry

        .OUTPUTS
            System.String. A GUID, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $Living,

        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    $parts = @($Entry.object.Split('\'))
    if (($Entry.kind -eq 'value') -and ($Entry.name -eq 'CurrentEnrollmentId'))
    {
        $parts = @([string](Get-RegistryTable -LiteralPath $Entry.object.Replace('HKLM\', 'HKLM:\'))['CurrentEnrollmentId'])
    }
    $Living | Where-Object -FilterScript { $_ -in $parts } | Select-Object -First 1
}
