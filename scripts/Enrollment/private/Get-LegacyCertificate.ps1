function Get-LegacyCertificate
{
    <#
        .SYNOPSIS
            Find the certificates of the retired Intune PC client.

        .DESCRIPTION
            Microsoft: issuer SC_Online_Issuing, whose letters are written in two ways. One that an enrollment
            names is not among them.

        .EXAMPLE
            Get-LegacyCertificate

        .OUTPUTS
            X509Certificate2.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param ()

    $used = @(
        foreach ($name in @(Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments'))
        {
            [string](Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$name")['DMPCertThumbPrint']
        }
    )
    Get-ChildItem -LiteralPath 'Cert:\LocalMachine\My' -ErrorAction Stop | Where-Object -FilterScript { ((Get-IssuerName -Issuer $_.Issuer) -eq 'SC_Online_Issuing') -and ($_.Thumbprint -notin $used) }
}
