function Get-SystemProgramPath
{
    <#
        .SYNOPSIS
            Give the full path of a program of Windows.

        .DESCRIPTION
            A 32-bit host is shown another System32; Sysnative is its way to the real one.

        .PARAMETER Name
            File name, such as reg.exe, or path below System32.

        .EXAMPLE
            Get-SystemProgramPath -Name 'reg.exe'

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [ValidatePattern('^[A-Za-z0-9.\\]+\.exe$')]
        [string]
        $Name
    )

    $folder = 'System32'
    if (Test-RedirectedHost)
    {
        $folder = 'Sysnative'
    }
    Join-Path -Path $env:SystemRoot -ChildPath "$folder\$Name"
}
