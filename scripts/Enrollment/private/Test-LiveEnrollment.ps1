function Test-LiveEnrollment
{
    <#
        .SYNOPSIS
            Tell whether an enrollment may be alive.

        .DESCRIPTION
            An OMA-DM account, provider MS DM Server, the tenant of the join, and a valid client certificate
            with its private key. What is not known counts for life: an unknown tenant is not another tenant.
            The certificate is the one of the key or the one of the account: either may be outdated. The account
            is looked for first, so that a key that may not be read is an error only where it matters. A record
            of a join counts with its certificate, or when none has one: it may be left over from a former tenant.

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

    $live = $false
    $values = @{}
    if (Test-RegistryChild -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts' -Name $EnrollmentId)
    {
        $values = Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId"
    }
    if ([string]$values['ProviderID'] -eq 'MS DM Server')
    {
        $tenant = ([string]$values['AADTenantID']).Trim('{', '}', ' ')
        $records = @(Get-JoinInfoFact)
        $held = @($records | Where-Object -FilterScript { @(Get-LocalCertificate -Thumbprint $_['thumbprint']).Count -gt 0 })
        if ($held.Count -gt 0)
        {
            $records = $held
        }
        $joined = @($records | ForEach-Object -Process { [string]$_['tenant_id'] } | Where-Object -FilterScript { $_ -ne '' })
        $sameTenant = ($tenant -eq '') -or ($joined.Count -eq 0) -or ($tenant -in $joined)
        $thumbprints = @(([string]$values['DMPCertThumbPrint']).Replace(' ', ''), [string](Get-AccountThumbprint -EnrollmentId $EnrollmentId))
        $certificates = @($thumbprints | ForEach-Object -Process { Get-LocalCertificate -Thumbprint $_ } | Where-Object -FilterScript { $_.HasPrivateKey -and ($_.NotAfter -gt (Get-Date)) })
        $live = $sameTenant -and ($certificates.Count -gt 0)
    }
    $live
}
