function Test-DeviceJoined
{
    <#
        .SYNOPSIS
            Tell whether this PC is joined to the directory in the cloud.

        .DESCRIPTION
            Microsoft: AzureAdJoined of dsregcmd decides. Where that is silent, a recorded join counts whose certificate
            is there: a key alone may be left over. Under WhatIf no program is started, and the records alone count.

        .EXAMPLE
            Test-DeviceJoined

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param ()

    $text = ''
    try
    {
        if (-not $WhatIfPreference)
        {
            $text = [string](Get-DsregcmdFact)['text']
        }
    }
    catch
    {
        Write-Verbose -Message "dsregcmd does not tell: $($_.FullyQualifiedErrorId)"
    }
    if ($text -match 'AzureAdJoined *: *(YES|NO)')
    {
        $text -match 'AzureAdJoined *: *YES'
    }
    else
    {
        $known = @(Get-JoinInfoFact | Where-Object -FilterScript { @(Get-LocalCertificate -Thumbprint $_['thumbprint']).Count -gt 0 })
        $known.Count -gt 0
    }
}
