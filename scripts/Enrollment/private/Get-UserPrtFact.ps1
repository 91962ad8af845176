function Get-UserPrtFact
{
    <#
        .SYNOPSIS
            Read dsregcmd /status in the session of the signed-in user.

        .DESCRIPTION
            Only there do the lines on the user's primary refresh token mean anything. Through a one-shot task
            whose principal is that user; nothing when nobody is at the console.

        .EXAMPLE
            Get-UserPrtFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $user = [string](Get-CimInstance -ClassName 'Win32_ComputerSystem' -ErrorAction Stop).UserName
    if ($user -ne '')
    {
        # A place that the user may write to; the name cannot be guessed beforehand.
        $path = Join-Path -Path $env:SystemRoot -ChildPath "Temp\enrollmend-$([guid]::NewGuid()).txt"
        try
        {
            $program = @{
                Name           = 'look-prt'
                FilePath       = Join-Path -Path $env:SystemRoot -ChildPath 'System32\cmd.exe'
                Argument       = "/d /c dsregcmd.exe /status > ""$path"""
                TimeoutSeconds = 30
                UserId         = $user
            }
            $null = Invoke-OneShotTask @program
            $lines = @(Get-Content -LiteralPath $path -Encoding Oem -ErrorAction Stop)
            [ordered]@{ user = $user; text = ($lines -join "`n") }
        }
        finally
        {
            if (Test-Path -LiteralPath $path -ErrorAction Stop)
            {
                Remove-Item -LiteralPath $path -Force -ErrorAction Stop
            }
        }
    }
}
