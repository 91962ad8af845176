function Get-NetworkFact
{
    <#
        .SYNOPSIS
            Try the addresses that enrollment has to reach.

        .DESCRIPTION
            As SYSTEM, whose proxy and whose firewall rules are not those of a user. The program for it is this
            module's own Test-EnrollmentEndpoint, which is written to a file that only Administrators can write,
            run once and removed.

        .EXAMPLE
            Get-NetworkFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $folder = Join-Path -Path $env:SystemRoot -ChildPath 'Temp'
    $stem = Join-Path -Path $folder -ChildPath "enrollmend-$([guid]::NewGuid())"
    try
    {
        $text = (Get-Command -Name 'Test-EnrollmentEndpoint' -CommandType Function -ErrorAction Stop).Definition
        $null = New-Item -Path $stem -ItemType Directory -ErrorAction Stop
        Protect-EnrollmentFolder -LiteralPath $stem
        Set-Content -LiteralPath "$stem\probe.ps1" -Value $text -Encoding Ascii -ErrorAction Stop
        $program = @{
            Name           = 'look-network'
            FilePath       = Get-SystemProgramPath -Name 'WindowsPowerShell\v1.0\powershell.exe'
            Argument       = "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File ""$stem\probe.ps1"" -HostName ""$(@(Get-ServiceEndpoint) -join ',')"" -ResultPath ""$stem\result.json"""
            TimeoutSeconds = 120
        }
        $null = Invoke-OneShotTask @program
        # In Windows PowerShell 5.1 ConvertFrom-Json gives an array as one object.
        $endpoints = ConvertFrom-Json -InputObject (Get-Content -LiteralPath "$stem\result.json" -Raw -Encoding UTF8 -ErrorAction Stop)
        [ordered]@{ context = 'system'; proxy = Get-WinHttpProxy; endpoints = @($endpoints) }
    }
    finally
    {
        if (Test-Path -LiteralPath $stem -ErrorAction Stop)
        {
            Remove-Item -LiteralPath $stem -Recurse -Force -ErrorAction Stop
        }
    }
}
