function Test-LiveEnrollment
{
    <#
        .SYNOPSIS
            Tell whether an enrollment may be alive.

        .DESCRIPTION
            Provider MS DM Server, the tenant of the join, a valid client certificate with its private key, and
            an OMA-DM account. What is not known counts for life: an unknown tenant is not another tenant. The
            certificate is the one of the key or the one of the account: either may be outdated.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .EXAMPLE
            Test-LiveEnrollment -EnrollmentId $id

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId
    )

    $values = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId"
    $live = $false
    if ([string]$values['ProviderID'] -eq 'MS DM Server')
    {
        $tenant = [string]$values['AADTenantID']
        $joined = @(Get-JoinInfoFact | ForEach-Object -Process { [string]$_['tenant_id'] } | Where-Object -FilterScript { $_ -ne '' })
        $sameTenant = ($tenant -eq '') -or ($joined.Count -eq 0) -or ($tenant -in $joined)
        $thumbprints = @(([string]$values['DMPCertThumbPrint']).Replace(' ', ''), [string](Get-AccountThumbprint -EnrollmentId $EnrollmentId))
        $certificates = @($thumbprints | ForEach-Object -Process { Get-LocalCertificate -Thumbprint $_ } | Where-Object -FilterScript { $_.HasPrivateKey -and ($_.NotAfter -gt (Get-Date)) })
        $account = Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts' -Name $EnrollmentId
        $live = $sameTenant -and ($certificates.Count -gt 0) -and $account
    }
    $live
}
