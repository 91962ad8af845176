function Wait-Synchronisation
{
    <#
        .SYNOPSIS
            Wait until no synchronisation with a management service is at work, for a minute at most.

        .DESCRIPTION
            Community: omadmclient.exe synchronises an enrollment, and writes keys again that are removed while
            it runs. It is left to end by itself.

        .EXAMPLE
            Wait-Synchronisation

        .OUTPUTS
            System.Boolean. Whether none is at work any more.
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $filter = "Name = 'omadmclient.exe'"
    $ended = @(Get-CimInstance -ClassName 'Win32_Process' -Filter $filter -ErrorAction Stop).Count -eq 0
    for ($look = 0; ($look -lt 12) -and (-not $ended); $look++)
    {
        Start-Sleep -Seconds 5
        $ended = @(Get-CimInstance -ClassName 'Win32_Process' -Filter $filter -ErrorAction Stop).Count -eq 0
    }
    $ended
}
