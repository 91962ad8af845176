function Get-AgentBackupTarget
{
    <#
        .SYNOPSIS
            List what the removal of the retired Intune PC client takes away.

        .DESCRIPTION
            Products are listed to be named as gone; they cannot be restored.

        .EXAMPLE
            Get-AgentBackupTarget

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $place = Get-LegacyClientPlace
    $fact = Get-LegacyClientFact
    foreach ($product in @($fact.products | Where-Object -FilterScript { -not $_.shared }))
    {
        New-BackupTarget -Kind 'product' -Object $product.code -Name $product.name
    }
    foreach ($certificate in @(Get-LegacyCertificate))
    {
        New-BackupTarget -Kind 'certificate' -Object $certificate.Thumbprint
    }
    foreach ($key in @($place.Key, $place.InstallerKey))
    {
        if (Test-Path -LiteralPath $key -ErrorAction Stop)
        {
            New-BackupTarget -Kind 'key' -Object $key.Replace('HKLM:\', 'HKLM\')
        }
    }
}
