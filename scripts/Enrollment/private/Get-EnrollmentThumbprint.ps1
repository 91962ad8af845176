function Get-EnrollmentThumbprint
{
    <#
        .SYNOPSIS
            List the client certificates that an enrollment names.

        .DESCRIPTION
            By its key and by its OMA-DM account: either may be outdated after a renewal.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .EXAMPLE
            Get-EnrollmentThumbprint -EnrollmentId $id

        .OUTPUTS
            System.String. None, one or two thumbprints.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId
    )

    $key = ([string](Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId")['DMPCertThumbPrint']).Replace(' ', '')
    if ($key -ne '')
    {
        $key
    }
    Get-AccountThumbprint -EnrollmentId $EnrollmentId
}
