function Invoke-CertificateStage
{
    <#
        .SYNOPSIS
            Remove the named client certificates with their keys.

        .DESCRIPTION
            By thumbprint, never by issuer. After the tasks, before the keys of the registry.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-CertificateStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    foreach ($thumbprint in $Attempt.Thumbprint)
    {
        foreach ($certificate in @(Get-LocalCertificate -Thumbprint $thumbprint))
        {
            $change = New-StageChange -Object $certificate.Thumbprint -Action 'delete' -Before $certificate.Issuer -Restorable $false
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $certificate -Action { param ($Certificate) Remove-LocalCertificate -Certificate $Certificate }
        }
    }
    New-StageOutcome -Attempt $Attempt
}
