function Test-EnrollmentEndpoint
{
    <#
        .SYNOPSIS
            Ask hosts for an answer over HTTPS and write the result to a file.

        .DESCRIPTION
            Stands alone, because SYSTEM runs it as a script: it uses nothing of this module. The request goes
            through WinHTTP and its proxy (netsh winhttp), as the enroller's does; a PC whose proxy is the only
            way out has no direct connection. Any answer but a proxy's 407 is one. What says nothing of the way
            is null, with the reason: a TLS error, a class that may not be used, and no connection where DNS
            knows wpad, for a proxy is found there that WinHTTP does not ask by itself.

        .PARAMETER HostName
            Names, with commas between them.

        .PARAMETER ResultPath
            The file.

        .EXAMPLE
            Test-EnrollmentEndpoint -HostName 'manage.microsoft.com' -ResultPath 'C:\Windows\Temp\result.json'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $HostName,

        [Parameter(Mandatory = $true)]
        [string]
        $ResultPath
    )

    Set-StrictMode -Version 2.0
    try
    {
        # A proxy that is found automatically is one that this request does not use.
        $null = Resolve-DnsName -Name 'wpad' -QuickTimeout -ErrorAction Stop
        $automatic = $true
    }
    catch
    {
        # No such name, or no DNS at all: then there is no such proxy either.
        $automatic = $false
    }
    $endpoints = @(
        foreach ($name in @($HostName.Split(',')))
        {
            $reached = $null
            $problem = ''
            try
            {
                $request = New-Object -ComObject 'WinHttp.WinHttpRequest.5.1' -ErrorAction Stop
                $null = $request.SetTimeouts(5000, 5000, 5000, 10000)
                $null = $request.Open('HEAD', "https://$name/", $false)
                $null = $request.Send()
                $reached = [int]$request.Status -ne 407
                if (-not $reached)
                {
                    $problem = 'HTTP 407: the proxy wants SYSTEM to log on'
                }
            }
            catch
            {
                $codes = @(@($_.Exception, $_.Exception.InnerException) | Where-Object -FilterScript { $null -ne $_ } | ForEach-Object -Process { '0x{0:X8}' -f $_.HResult })
                $problem = "$($codes[-1]): $($_.Exception.Message.Trim())"
                # Microsoft: 12002 no answer in time, 12007 no such name, 12029 no connection, 12030 cut off.
                if ((-not $automatic) -and (@($codes | Where-Object -FilterScript { $_ -in @('0x80072EE2', '0x80072EE7', '0x80072EFD', '0x80072EFE') }).Count -gt 0))
                {
                    $reached = $false
                }
            }
            [ordered]@{ host = $name; ok = $reached; error = $problem }
        }
    )
    Set-Content -LiteralPath $ResultPath -Value (ConvertTo-Json -InputObject $endpoints -Compress -Depth 3) -Encoding UTF8 -ErrorAction Stop
}
