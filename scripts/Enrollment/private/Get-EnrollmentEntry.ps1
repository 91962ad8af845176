function Get-EnrollmentEntry
{
    <#
        .SYNOPSIS
            Read what is known about one enrollment id.

        .DESCRIPTION
            An id that is not below Enrollments has few values, and that is a fact too. Only places where the id
            was seen are read. Community: a living enrollment has the tasks PushLaunch and Schedule #1 among others.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .PARAMETER Place
            Sum of the bits of the places where it was seen.

        .PARAMETER TaskName
            Names of the tasks in its folders.

        .EXAMPLE
            Get-EnrollmentEntry -EnrollmentId $id -Place 259 -TaskName @('PushLaunch')

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
        [AllowEmptyCollection()]
        [string[]]
        $TaskName
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
    if ($TaskName.Count -gt 0)
    {
        $entry['tasks'] = $TaskName.Count
        $entry['push_task'] = [bool]($TaskName -contains 'PushLaunch')
        $entry['schedule_task'] = [bool](@($TaskName | Where-Object -FilterScript { $_ -like 'Schedule #1 *' }).Count -gt 0)
    }
    ConvertTo-CompactTable -InputObject $entry
}
