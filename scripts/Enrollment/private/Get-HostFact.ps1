function Get-HostFact
{
    <#
        .SYNOPSIS
            Read what kind of PowerShell host this is.

        .DESCRIPTION
            A constrained language mode or a 32-bit host limits what can be read and forbids repairs.

        .EXAMPLE
            Get-HostFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $redirected = Test-RedirectedHost
    $is64BitProcess = $env:PROCESSOR_ARCHITECTURE -ne 'x86'
    [ordered]@{
        language_mode    = [string]$ExecutionContext.SessionState.LanguageMode
        is_64bit_process = $is64BitProcess
        is_64bit_os      = ($is64BitProcess -or $redirected)
        elevated         = Test-Elevation
        ps_version       = [string]$PSVersionTable.PSVersion
        culture          = [string](Get-Culture).Name
    }
}
