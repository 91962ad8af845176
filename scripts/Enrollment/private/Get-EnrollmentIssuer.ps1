function Get-EnrollmentIssuer
{
    <#
        .SYNOPSIS
            List the authorities that issue MDM client certificates.

        .DESCRIPTION
            Microsoft and community: Intune, its beta, the old Intune client, and the declared-configuration
            service.

        .EXAMPLE
            Get-EnrollmentIssuer

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    @(
        'Microsoft Intune MDM Device CA'
        'Microsoft Intune Beta MDM Device CA'
        'SC_Online_Issuing'
        'Microsoft Device Management Device CA'
    )
}
