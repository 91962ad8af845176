function Remove-LocalCertificate
{
    <#
        .SYNOPSIS
            Remove one certificate with its private key.

        .DESCRIPTION
            The key container goes too, or it would stay in the TPM for ever.

        .PARAMETER Certificate
            What Get-LocalCertificate gave.

        .EXAMPLE
            Remove-LocalCertificate -Certificate $certificate

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Certificate
    )

    $path = "Cert:\LocalMachine\My\$($Certificate.Thumbprint)"
    if ($PSCmdlet.ShouldProcess($path, 'delete'))
    {
        if ($Certificate.HasPrivateKey)
        {
            Remove-Item -LiteralPath $path -DeleteKey -ErrorAction Stop
        }
        else
        {
            Remove-Item -LiteralPath $path -ErrorAction Stop
        }
    }
}
