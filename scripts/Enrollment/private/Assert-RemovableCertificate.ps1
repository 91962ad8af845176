function Assert-RemovableCertificate
{
    <#
        .SYNOPSIS
            Refuse to remove a certificate that is not the client certificate of a named enrollment.

        .DESCRIPTION
            The issuer must be an MDM authority, and no other enrollment may name the certificate. A certificate
            that is not there is harmless.

        .PARAMETER Thumbprint
            40 hexadecimal digits.

        .PARAMETER EnrollmentId
            The enrollments that are to be removed.

        .EXAMPLE
            Assert-RemovableCertificate -Thumbprint $thumbprint -EnrollmentId $id

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Thumbprint,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $EnrollmentId
    )

    $why = ''
    $certificate = Get-LocalCertificate -Thumbprint $Thumbprint
    if (($null -ne $certificate) -and ((Get-IssuerName -Issuer $certificate.Issuer) -notin @(Get-EnrollmentIssuer)))
    {
        $why = "was issued by $($certificate.Issuer)"
    }
    foreach ($name in @(Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments'))
    {
        if ((Test-EnrollmentIdText -Text $name) -and ($name -notin $EnrollmentId))
        {
            $values = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$name"
            if ([string]$values['DMPCertThumbPrint'] -eq $Thumbprint)
            {
                $why = "belongs to enrollment $name"
            }
        }
    }
    if ($why -ne '')
    {
        Write-EnrollmentError -Id 'ProtectedEnrollment' -Message "Certificate $Thumbprint $why. Nothing was changed." -TargetObject $Thumbprint
    }
}
