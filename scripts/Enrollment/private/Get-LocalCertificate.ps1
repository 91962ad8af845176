function Get-LocalCertificate
{
    <#
        .SYNOPSIS
            Find a certificate of this PC by its thumbprint.

        .DESCRIPTION
            Compared with equality over the list, so that no text can become a path.

        .PARAMETER Thumbprint
            40 hexadecimal digits.

        .EXAMPLE
            Get-LocalCertificate -Thumbprint $thumbprint

        .OUTPUTS
            X509Certificate2, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.Object])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $Thumbprint
    )

    Get-ChildItem -LiteralPath 'Cert:\LocalMachine\My' -ErrorAction Stop | Where-Object -FilterScript { $_.Thumbprint -eq $Thumbprint }
}
