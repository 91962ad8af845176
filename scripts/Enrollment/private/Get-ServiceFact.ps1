function Get-ServiceFact
{
    <#
        .SYNOPSIS
            Read state and start mode of the services that matter.

        .DESCRIPTION
            A service that does not exist is not listed.

        .EXAMPLE
            Get-ServiceFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $names = @((Get-WatchedService).Keys) + @('CcmExec', 'OmcSvc', 'AirWatchService')
    $services = @(Get-CimInstance -ClassName 'Win32_Service' -ErrorAction Stop)
    foreach ($service in @($services | Where-Object -FilterScript { $_.Name -in $names }))
    {
        # CIM says Auto where the service cmdlets say Automatic.
        [ordered]@{ name = $service.Name; state = $service.State; start_mode = $service.StartMode }
    }
}
