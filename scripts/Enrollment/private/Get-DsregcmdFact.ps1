function Get-DsregcmdFact
{
    <#
        .SYNOPSIS
            Run dsregcmd /status and return its text.

        .DESCRIPTION
            The text is read by the orchestrator. The file it passes through is removed again.

        .EXAMPLE
            Get-DsregcmdFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $path = Join-Path -Path $env:SystemRoot -ChildPath "Temp\enrollmend-$([guid]::NewGuid()).txt"
    try
    {
        $start = @{
            FilePath               = Get-SystemProgramPath -Name 'dsregcmd.exe'
            ArgumentList           = '/status'
            RedirectStandardOutput = $path
            WindowStyle            = 'Hidden'
            Wait                   = $true
            PassThru               = $true
            ErrorAction            = 'Stop'
        }
        $process = Start-Process @start
        $lines = @(Get-Content -LiteralPath $path -Encoding Oem -ErrorAction Stop)
        [ordered]@{ text = ($lines -join "`n"); exit_code = [int]$process.ExitCode }
    }
    finally
    {
        if (Test-Path -LiteralPath $path -ErrorAction Stop)
        {
            Remove-Item -LiteralPath $path -Force -ErrorAction Stop
        }
    }
}
