function Test-EnrollmentEndpoint
{
    <#
        .SYNOPSIS
            Try to reach hosts on port 443 and write the result to a file.

        .DESCRIPTION
            Stands alone, because SYSTEM runs it as a script: it uses nothing of this module.

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
    $ProgressPreference = 'SilentlyContinue'
    $endpoints = @(
        foreach ($name in @($HostName.Split(',')))
        {
            $reached = $false
            $problem = ''
            try
            {
                $reached = [bool](Test-NetConnection -ComputerName $name -Port 443 -InformationLevel Quiet -WarningAction SilentlyContinue -ErrorAction Stop)
            }
            catch
            {
                $problem = $_.Exception.Message
            }
            if ((-not $reached) -and ($problem -eq ''))
            {
                $problem = 'no connection to port 443'
            }
            [ordered]@{ host = $name; ok = $reached; error = $problem }
        }
    )
    Set-Content -LiteralPath $ResultPath -Value (ConvertTo-Json -InputObject $endpoints -Compress -Depth 3) -Encoding UTF8 -ErrorAction Stop
}
