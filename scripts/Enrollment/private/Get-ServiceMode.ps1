function Get-ServiceMode
{
    <#
        .SYNOPSIS
            Read the start mode of a service.

        .DESCRIPTION
            In the words that Set-Service takes.

        .PARAMETER Name
            Name of the service.

        .EXAMPLE
            Get-ServiceMode -Name 'dmwappushservice'

        .OUTPUTS
            System.String. Automatic, Manual or Disabled; empty when there is no such service.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    $mode = ''
    $service = Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = '$Name'" -ErrorAction Stop
    if ($null -ne $service)
    {
        $mode = [string]$service.StartMode
        if ($mode -eq 'Auto')
        {
            $mode = 'Automatic'
        }
    }
    $mode
}
