function Assert-RemovableCertificate
{
    <#
        .SYNOPSIS
            Refuse to remove a certificate that is not the client certificate of a named enrollment.

        .DESCRIPTION
            The issuer must be an MDM authority, one of the named enrollments must name the certificate, and no
            other enrollment may, by its key or by its OMA-DM account. An attempt after one that was cut may find
            the keys gone: then the backup of the run has to hold the certificate. A certificate that is not
            there is harmless. An enrollment with an account that may not be read might name it; without an
            account it manages nothing and has no use for a certificate.

        .PARAMETER Thumbprint
            40 hexadecimal digits.

        .PARAMETER EnrollmentId
            The enrollments that are to be removed.

        .PARAMETER RunId
            Id of the run.

        .EXAMPLE
            Assert-RemovableCertificate -Thumbprint $thumbprint -EnrollmentId $id -RunId 'r-1'

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
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [string]
        $RunId
    )

    $why = ''
    $certificate = Get-LocalCertificate -Thumbprint $Thumbprint
    if (($null -ne $certificate) -and ((Get-IssuerName -Issuer $certificate.Issuer) -notin @(Get-EnrollmentIssuer)))
    {
        $why = "was issued by $($certificate.Issuer)"
    }
    $roots = @('HKLM:\SOFTWARE\Microsoft\Enrollments', 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts')
    $names = @($roots | ForEach-Object -Process { Get-RegistryChildName -LiteralPath $_ } | Where-Object -FilterScript { Test-EnrollmentIdText -Text $_ } | Select-Object -Unique)
    $owners = @($names | Where-Object -FilterScript { Test-CertificateOwner -EnrollmentId $_ -Thumbprint $Thumbprint })
    foreach ($name in $owners)
    {
        if ($name -notin $EnrollmentId)
        {
            $why = "belongs, or may belong, to enrollment $name"
        }
    }
    if (($why -eq '') -and ($null -ne $certificate) -and ($owners.Count -eq 0))
    {
        $manifest = Get-BackupManifest -RunId $RunId
        if (($null -eq $manifest) -or (@($manifest.objects | Where-Object -FilterScript { ($_.kind -eq 'certificate') -and ($_.object -eq $Thumbprint) }).Count -eq 0))
        {
            $why = 'is named by none of the enrollments'
        }
    }
    if ($why -ne '')
    {
        Write-EnrollmentError -Id 'ProtectedEnrollment' -Message "Certificate $Thumbprint $why. Nothing was changed." -TargetObject $Thumbprint
    }
}
