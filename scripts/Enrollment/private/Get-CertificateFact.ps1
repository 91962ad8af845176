function Get-CertificateFact
{
    <#
        .SYNOPSIS
            List the certificates of this PC that have to do with enrollment or join.

        .DESCRIPTION
            By the name of the issuer, to show only; what is removed is named by thumbprint.

        .EXAMPLE
            Get-CertificateFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $issuers = @(Get-EnrollmentIssuer) + @('MS-Organization-Access')
    foreach ($certificate in @(Get-ChildItem -LiteralPath 'Cert:\LocalMachine\My' -ErrorAction Stop))
    {
        $name = Get-IssuerName -Issuer $certificate.Issuer
        if (($name -in $issuers) -or ($name -like 'MS-Organization-*'))
        {
            [ordered]@{
                thumbprint      = $certificate.Thumbprint
                issuer          = $certificate.Issuer
                subject         = $certificate.Subject
                not_before      = ConvertTo-UtcText -Date $certificate.NotBefore
                not_after       = ConvertTo-UtcText -Date $certificate.NotAfter
                has_private_key = [bool]$certificate.HasPrivateKey
            }
        }
    }
}
