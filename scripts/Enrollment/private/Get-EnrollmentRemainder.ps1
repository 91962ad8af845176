function Get-EnrollmentRemainder
{
    <#
        .SYNOPSIS
            List what is left of the named enrollments in the registry and among the tasks.

        .DESCRIPTION
            By the names that the parents list, so that a key that denies its reader counts.

        .PARAMETER EnrollmentId
            Enrollments that should be gone.

        .EXAMPLE
            Get-EnrollmentRemainder -EnrollmentId $id

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string[]]
        $EnrollmentId
    )

    foreach ($id in $EnrollmentId)
    {
        foreach ($root in @(Get-EnrollmentRoot))
        {
            if (Test-RegistryChild -LiteralPath $root.Path -Name $id)
            {
                "$($root.Path.Replace('HKLM:\', 'HKLM\'))\$id"
            }
        }
        foreach ($tree in @(Get-TaskTree))
        {
            if (@(Get-TaskSubfolderName -Path $tree.Path) -contains $id)
            {
                "$($tree.Path)\$id\"
            }
        }
    }
}
