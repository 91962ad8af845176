function Get-EnrollmentEntry
{
    <#
        .SYNOPSIS
            Read what is known about one enrollment id.

        .DESCRIPTION
            An id that is not below Enrollments has few values, and that is a fact too.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .PARAMETER Place
            Sum of the bits of the places where it was seen.

        .PARAMETER TaskCount
            How many tasks its folders hold.

        .EXAMPLE
            Get-EnrollmentEntry -EnrollmentId $id -Place 259 -TaskCount 12

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [int]
        $Place,

        [Parameter(Mandatory = $true)]
        [int]
        $TaskCount
    )

    $key = "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId"
    $values = Get-RegistryTable -LiteralPath $key
    $linked = Get-LinkedEnrollment -EnrollmentId $EnrollmentId
    $entDmId = $null
    if (-not [string]::IsNullOrEmpty([string]$values['ProviderID']))
    {
        $entDmId = (Get-RegistryTable -LiteralPath "$key\DMClient\$($values['ProviderID'])")['EntDMID']
    }
    $tasks = $null
    if ($TaskCount -gt 0)
    {
        $tasks = $TaskCount
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        id                 = $EnrollmentId
        in                 = $Place
        provider_id        = $values['ProviderID']
        enrollment_type    = $values['EnrollmentType']
        enrollment_state   = $values['EnrollmentState']
        discovery_url      = $values['DiscoveryServiceFullURL']
        upn                = $values['UPN']
        tenant_id          = $values['AADTenantID']
        resource_id        = $values['AADResourceID']
        thumbprint         = $values['DMPCertThumbPrint']
        ent_dm_id          = $entDmId
        linked_id          = $linked['LinkedEnrollmentId']
        linked_status      = $linked['EnrollStatus']
        account_thumbprint = Get-AccountThumbprint -EnrollmentId $EnrollmentId
        tasks              = $tasks
    })
}
