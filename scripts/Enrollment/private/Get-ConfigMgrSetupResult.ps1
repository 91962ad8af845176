function Get-ConfigMgrSetupResult
{
    <#
        .SYNOPSIS
            Read how ccmsetup ended the last time.

        .DESCRIPTION
            Microsoft: the end of CCMSetup.log carries the return code; 0 is success, 7 asks for a restart. A log
            that is missing or cannot be read, as while ccmsetup writes it, is not known: that gives nothing.

        .EXAMPLE
            Get-ConfigMgrSetupResult

        .OUTPUTS
            System.Collections.Hashtable. Code, and Restart: it asks for a restart that has not come since.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param ()

    $path = "$env:SystemRoot\ccmsetup\Logs\CCMSetup.log"
    $lines = @()
    $written = $null
    try
    {
        $written = (Get-Item -LiteralPath $path -ErrorAction Stop).LastWriteTime
        $lines = @(Get-Content -LiteralPath $path -ErrorAction Stop | Select-Object -Last 40 | Where-Object -FilterScript { $_ -like '*exiting with return code *' })
    }
    catch
    {
        Write-Verbose -Message "$path is not known: $($_.FullyQualifiedErrorId)"
    }
    if ($lines.Count -gt 0)
    {
        $word = ($lines[-1] -split 'exiting with return code ')[-1]
        $digits = ($word -split '[^0-9]')[0]
        if ($digits -ne '')
        {
            $boot = (Get-CimInstance -ClassName 'Win32_OperatingSystem' -ErrorAction Stop).LastBootUpTime
            @{ Code = [int64]$digits; Restart = ([int64]$digits -eq 7) -and ($written -gt $boot) }
        }
    }
}
