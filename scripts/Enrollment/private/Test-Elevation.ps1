function Test-Elevation
{
    <#
        .SYNOPSIS
            Tell whether this session may change the machine.

        .DESCRIPTION
            HKLM\SECURITY opens to nobody but SYSTEM, but the list of keys below HKEY_USERS\S-1-5-19 opens to
            elevated administrators and to nobody below them.

        .EXAMPLE
            Test-Elevation

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $elevated = $true
    try
    {
        $null = @(Get-ChildItem -LiteralPath 'Registry::HKEY_USERS\S-1-5-19' -Name -ErrorAction Stop)
    }
    catch
    {
        Write-Verbose -Message "Not elevated: $($_.FullyQualifiedErrorId)"
        $elevated = $false
    }
    $elevated
}
