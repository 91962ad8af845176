function Get-EnrollmentEntry
{
    <#
        .SYNOPSIS
            Read what is known about one enrollment id.

        .DESCRIPTION
            An id that is not below Enrollments has few values, and that is a fact too. Only places where the id
            was seen are read.

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
    $entry = [ordered]@{ id = $EnrollmentId; in = $Place }
    if ($Place -band 1)
    {
        $values = Get-RegistryTable -LiteralPath $key
        $linked = Get-LinkedEnrollment -EnrollmentId $EnrollmentId
        $entry['provider_id'] = $values['ProviderID']
        $entry['enrollment_type'] = $values['EnrollmentType']
        $entry['enrollment_state'] = $values['EnrollmentState']
        $entry['discovery_url'] = $values['DiscoveryServiceFullURL']
        $entry['upn'] = $values['UPN']
        $entry['tenant_id'] = $values['AADTenantID']
        $entry['resource_id'] = $values['AADResourceID']
        $entry['thumbprint'] = $values['DMPCertThumbPrint']
        if (-not [string]::IsNullOrEmpty([string]$values['ProviderID']))
        {
            $entry['ent_dm_id'] = (Get-RegistryTable -LiteralPath "$key\DMClient\$($values['ProviderID'])")['EntDMID']
        }
        $entry['linked_id'] = $linked['LinkedEnrollmentId']
        $entry['linked_status'] = $linked['EnrollStatus']
    }
    if ($Place -band 32)
    {
        $entry['account_thumbprint'] = Get-AccountThumbprint -EnrollmentId $EnrollmentId
    }
    if ($TaskCount -gt 0)
    {
        $entry['tasks'] = $TaskCount
    }
    ConvertTo-CompactTable -InputObject $entry
}
