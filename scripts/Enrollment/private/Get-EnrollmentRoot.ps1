function Get-EnrollmentRoot
{
    <#
        .SYNOPSIS
            List the eight registry keys below which an enrollment keeps its state.

        .DESCRIPTION
            Order of removal: Enrollments itself comes last, because its values say whose enrollment it is and
            must outlive an interrupted removal.
            Community: the eight roots of the re-registration article of Microsoft Japan's identity support blog
            and of the StaleMdmEnrollment scripts.

        .EXAMPLE
            Get-EnrollmentRoot

        .OUTPUTS
            System.Collections.Hashtable. Path of the parent key and its bit in the facts.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param ()

    @(
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\Enrollments\Status'; Bit = 2 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\EnterpriseResourceManager\Tracked'; Bit = 4 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\PolicyManager\AdmxInstalled'; Bit = 8 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\PolicyManager\Providers'; Bit = 16 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts'; Bit = 32 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Logger'; Bit = 64 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Sessions'; Bit = 128 }
        @{ Path = 'HKLM:\SOFTWARE\Microsoft\Enrollments'; Bit = 1 }
    )
}
