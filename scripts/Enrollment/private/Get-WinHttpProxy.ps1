function Get-WinHttpProxy
{
    <#
        .SYNOPSIS
            Read the proxy that services use.

        .DESCRIPTION
            From the bytes behind netsh winhttp: flags at 8 (2 means that a proxy is set), its length at 12, its
            text from 16. General knowledge of the platform; netsh itself answers in the language of Windows.

        .EXAMPLE
            Get-WinHttpProxy

        .OUTPUTS
            System.String. Empty when services connect directly.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'
    $bytes = @($values['WinHttpSettings'])
    $proxy = ''
    if (($bytes.Count -gt 16) -and (([int]$bytes[8] -band 2) -eq 2))
    {
        $length = [int]$bytes[12]
        if ($bytes.Count -ge (16 + $length))
        {
            $letters = @(for ($index = 16; $index -lt (16 + $length); $index++) { [string][char][int]$bytes[$index] })
            $proxy = $letters -join ''
        }
    }
    $proxy
}
