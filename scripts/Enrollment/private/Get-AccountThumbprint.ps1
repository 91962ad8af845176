function Get-AccountThumbprint
{
    <#
        .SYNOPSIS
            Read the thumbprint that an OMA-DM account names as its client certificate.

        .DESCRIPTION
            Community: SslClientCertReference is MY;System;<thumbprint>. Microsoft: a certificate thumbprint has
            40 hexadecimal digits.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .EXAMPLE
            Get-AccountThumbprint -EnrollmentId $id

        .OUTPUTS
            System.String, or nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId
    )

    $account = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts\$EnrollmentId"
    $parts = @(([string]$account['SslClientCertReference']).Split(';'))
    if (($parts.Count -eq 3) -and ($parts[2] -match '^[0-9A-Fa-f]{40}$'))
    {
        $parts[2]
    }
}
