function Get-ServiceEndpoint
{
    <#
        .SYNOPSIS
            List the addresses that enrollment has to reach.

        .DESCRIPTION
            Microsoft: requirements of the hybrid join, and the enrollment and device-management hosts of the
            public cloud, with those of declared configuration (*.dm.microsoft.com).

        .EXAMPLE
            Get-ServiceEndpoint

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    @(
        'login.microsoftonline.com'
        'device.login.microsoftonline.com'
        'enterpriseregistration.windows.net'
        'enrollment.manage.microsoft.com'
        'enterpriseenrollment.manage.microsoft.com'
        'manage.microsoft.com'
        'discovery.dm.microsoft.com'
        'checkin.dm.microsoft.com'
    )
}
