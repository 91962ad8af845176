function Save-CertificateFile
{
    <#
        .SYNOPSIS
            Save the public part of a certificate.

        .DESCRIPTION
            The private key cannot be exported, so that a removed certificate cannot come back.

        .PARAMETER Target
            What New-BackupTarget gave.

        .PARAMETER FilePath
            The file.

        .EXAMPLE
            Save-CertificateFile -Target $target -FilePath $path

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target,

        [Parameter(Mandatory = $true)]
        [string]
        $FilePath
    )

    $certificate = Get-LocalCertificate -Thumbprint $Target.object
    if ($null -eq $certificate)
    {
        $Target.present = $false
    }
    elseif ($PSCmdlet.ShouldProcess($FilePath, 'create'))
    {
        $null = Export-Certificate -Cert $certificate -FilePath $FilePath -Type CERT -Force -ErrorAction Stop
        $Target.file = $FilePath
        $Target.data = "$($certificate.Issuer), valid until $(ConvertTo-UtcText -Date $certificate.NotAfter)"
    }
}
