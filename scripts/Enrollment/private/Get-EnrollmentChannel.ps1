function Get-EnrollmentChannel
{
    <#
        .SYNOPSIS
            Name the channel in which Windows reports enrollment.

        .DESCRIPTION
            Microsoft: event provider manifest {3DA494E4-0FE2-415C-B895-FB5265C5C83B}.

        .EXAMPLE
            Get-EnrollmentChannel

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    'Microsoft-Windows-DeviceManagement-Enterprise-Diagnostics-Provider/Admin'
}
