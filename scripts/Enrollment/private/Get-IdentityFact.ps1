function Get-IdentityFact
{
    <#
        .SYNOPSIS
            Read who this PC is.

        .DESCRIPTION
            Compared with the PC that was asked for before anything is changed: a stale DNS record leads to
            another machine.

        .EXAMPLE
            Get-IdentityFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $system = Get-CimInstance -ClassName 'Win32_ComputerSystem' -ErrorAction Stop
    $windows = Get-CimInstance -ClassName 'Win32_OperatingSystem' -ErrorAction Stop
    $state = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine'
    $dnsName = [string]$system.DNSHostName
    if ($system.PartOfDomain)
    {
        $dnsName = $dnsName + '.' + $system.Domain
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        computer_name      = [string]$system.Name
        dns_name           = $dnsName
        domain             = [string]$system.Domain
        part_of_domain     = [bool]$system.PartOfDomain
        distinguished_name = $state['Distinguished-Name']
        boot               = ConvertTo-UtcText -Date $windows.LastBootUpTime
    })
}
