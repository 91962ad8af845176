function Assert-RepairHost
{
    <#
        .SYNOPSIS
            Refuse to work on another PC than the one that was asked for, or in a host that cannot do it.

        .DESCRIPTION
            Names are compared without case and without the domain part.

        .PARAMETER ComputerName
            Name of the PC as it was asked for.

        .EXAMPLE
            Assert-RepairHost -ComputerName 'PC-0042'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $ComputerName
    )

    $system = Get-CimInstance -ClassName 'Win32_ComputerSystem' -ErrorAction Stop
    $wanted = $ComputerName.Split('.')[0]
    if (($wanted -ne $system.Name) -and ($wanted -ne $system.DNSHostName))
    {
        Write-EnrollmentError -Id 'IdentityMismatch' -Message "This PC is $($system.Name), not $wanted. Nothing was changed: check the DNS record." -TargetObject $system.Name
    }
    if ((Test-RedirectedHost) -or ([string]$ExecutionContext.SessionState.LanguageMode -eq 'ConstrainedLanguage'))
    {
        Write-EnrollmentError -Id 'UnsuitableHost' -Message 'A repair needs a 64-bit host whose language mode is not constrained. Nothing was changed: install the module and use its endpoint.'
    }
    if (-not (Test-Elevation))
    {
        Write-EnrollmentError -Id 'UnsuitableHost' -Message 'A repair needs an elevated administrator. Nothing was changed: connect with an account that is an administrator of this PC.'
    }
}
