function Test-LiveEnrollment
{
    <#
        .SYNOPSIS
            Tell whether an enrollment may be alive.

        .DESCRIPTION
            Provider MS DM Server, the tenant of the join, a valid client certificate with its private key, and
            an OMA-DM account. What is not known counts for life: an unknown tenant is not another tenant.

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
        $certificates = @(Get-LocalCertificate -Thumbprint ([string]$values['DMPCertThumbPrint']) | Where-Object -FilterScript { $_.HasPrivateKey -and ($_.NotAfter -gt (Get-Date)) })
        $account = Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts' -Name $EnrollmentId
        $live = $sameTenant -and ($certificates.Count -gt 0) -and $account
    }
    $live
}
