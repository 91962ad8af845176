function Get-PolicyEventFact
{
    <#
        .SYNOPSIS
            Read what Group Policy logged about the extension that asks for enrollment.

        .DESCRIPTION
            Microsoft: event 1085 of the System log carries ErrorCode, ExtensionName and ExtensionId. Those of other
            extensions are left out. An enrolled PC has them with 0x8018000A, which is harmless.

        .EXAMPLE
            Get-PolicyEventFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $log = Get-EventFact -Channel 'System' -Id @(1085) -Newest 20
    $own = @($log['items'] | Where-Object -FilterScript { ($_['data'] -join ' ') -like '*7909AD9E-09EE-4247-BAB9-7029D5F0A278*' })
    $log['items'] = @($own | Select-Object -First 3)
    $log
}
