function Get-IssuerName
{
    <#
        .SYNOPSIS
            Take the common name out of the name of an issuer.

        .DESCRIPTION
            The parts may come in any order.

        .PARAMETER Issuer
            Distinguished name, such as CN=SC_Online_Issuing, O=Microsoft.

        .EXAMPLE
            Get-IssuerName -Issuer $certificate.Issuer

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $Issuer
    )

    $name = ''
    foreach ($part in @($Issuer.Split(',')))
    {
        $text = $part.Trim()
        if (($name -eq '') -and $text.StartsWith('CN='))
        {
            $name = $text.Substring(3)
        }
    }
    $name
}
