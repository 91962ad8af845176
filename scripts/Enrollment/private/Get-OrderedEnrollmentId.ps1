function Get-OrderedEnrollmentId
{
    <#
        .SYNOPSIS
            Put declared-configuration children before the enrollments they are linked to.

        .DESCRIPTION
            Community: removing the parent first leaves an orphan that blocks enrollment.

        .PARAMETER EnrollmentId
            Enrollments to remove.

        .EXAMPLE
            Get-OrderedEnrollmentId -EnrollmentId $id

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

    $parents = @()
    foreach ($id in $EnrollmentId)
    {
        $values = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$id"
        if ([string]$values['ProviderID'] -eq 'Microsoft Device Management')
        {
            $id
        }
        else
        {
            $parents = $parents + $id
        }
    }
    $parents
}
