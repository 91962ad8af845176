function Get-WatchedService
{
    <#
        .SYNOPSIS
            List the services that enrollment needs, with the start mode Windows gives them.

        .DESCRIPTION
            Microsoft: dmwappushservice must not be disabled. The others: general knowledge of the platform.

        .EXAMPLE
            Get-WatchedService

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary. Service name to start mode.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    [ordered]@{
        dmwappushservice          = 'Manual'
        DmEnrollmentSvc           = 'Manual'
        dcsvc                     = 'Manual'
        Schedule                  = 'Automatic'
        gpsvc                     = 'Automatic'
        ProfSvc                   = 'Automatic'
        CryptSvc                  = 'Automatic'
        KeyIso                    = 'Manual'
        TokenBroker               = 'Manual'
        wlidsvc                   = 'Manual'
        DeviceInstall             = 'Manual'
        WpnService                = 'Automatic'
        BITS                      = 'Manual'
        W32Time                   = 'Manual'
        EntAppSvc                 = 'Manual'
        IntuneManagementExtension = 'Automatic'
    }
}
