function Get-LinkedEnrollment
{
    <#
        .SYNOPSIS
            Read to which other enrollment one is linked.

        .DESCRIPTION
            Microsoft: DMClient CSP, LinkedEnrollment; the child is the declared-configuration enrollment of
            Intune.

        .PARAMETER EnrollmentId
            A bare, dashed GUID.

        .EXAMPLE
            Get-LinkedEnrollment -EnrollmentId $id

        .OUTPUTS
            System.Collections.Hashtable. Value name to value, empty when not linked.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId
    )

    Get-RegistryTable -LiteralPath "HKLM:\SOFTWARE\Microsoft\Enrollments\$EnrollmentId\LinkedEnrollment"
}
