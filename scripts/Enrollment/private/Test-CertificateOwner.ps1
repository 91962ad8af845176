function Test-CertificateOwner
{
    <#
        .SYNOPSIS
            Tell whether a certificate belongs, or may belong, to an enrollment.

        .DESCRIPTION
            An enrollment with an account that may not be read might name it; without an account it manages
            nothing and has no use for a certificate.

        .PARAMETER EnrollmentId
            Id of the enrollment.

        .PARAMETER Thumbprint
            40 hexadecimal digits.

        .EXAMPLE
            Test-CertificateOwner -EnrollmentId '5e7a1c7e-0b1d-4c0a-9d55-0c2f6f1b7a01' -Thumbprint $thumbprint

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [string]
        $Thumbprint
    )

    try
    {
        $Thumbprint -in @(Get-EnrollmentThumbprint -EnrollmentId $EnrollmentId)
    }
    catch
    {
        Write-Verbose -Message "$EnrollmentId cannot be read: $($_.FullyQualifiedErrorId)"
        Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts' -Name $EnrollmentId
    }
}
