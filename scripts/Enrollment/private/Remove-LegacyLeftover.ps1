function Remove-LegacyLeftover
{
    <#
        .SYNOPSIS
            Remove what the uninstallers of the retired Intune PC client leave behind.

        .DESCRIPTION
            Microsoft: certificate, registry key and installer key are the cure for 0x8007064C; the folder goes
            last. Each was backed up, but for the folder.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Remove-LegacyLeftover -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $place = Get-LegacyClientPlace
    foreach ($certificate in @(Get-LegacyCertificate))
    {
        $change = New-StageChange -Object $certificate.Thumbprint -Action 'delete' -Before $certificate.Issuer -Restorable $false
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $certificate -Action { param ($Certificate) Remove-LocalCertificate -Certificate $Certificate }
    }
    foreach ($path in @($place.Key, $place.InstallerKey, $place.Folder))
    {
        if (Test-Path -LiteralPath $path -ErrorAction Stop)
        {
            $change = New-StageChange -Object $path.Replace('HKLM:\', 'HKLM\') -Action 'delete' -Restorable ($path -ne $place.Folder)
            $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $path -Action { param ($Path) Remove-Item -LiteralPath $Path -Recurse -Force -ErrorAction Stop }
        }
    }
}
