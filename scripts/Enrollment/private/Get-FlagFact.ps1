function Get-FlagFact
{
    <#
        .SYNOPSIS
            Read the values that block or steer enrollment.

        .DESCRIPTION
            ExternallyManaged is what SetManagedExternally writes (Microsoft: the function; community: the
            value).

        .EXAMPLE
            Get-FlagFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $enrollments = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments'
    $logger = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Logger'
    ConvertTo-CompactTable -InputObject ([ordered]@{
        externally_managed    = $enrollments['ExternallyManaged']
        mmpc_enrollment_flag  = $enrollments['MmpcEnrollmentFlag']
        current_enrollment_id = $logger['CurrentEnrollmentId']
    })
}
