function Uninstall-LegacyProduct
{
    <#
        .SYNOPSIS
            Uninstall one product of the retired Intune PC client.

        .DESCRIPTION
            Microsoft: msiexec ends with 0, 1605 (gone already), 1641 or 3010 (wants a restart) when it is done,
            and with 1618 when another installation is running.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Product
            What Get-LegacyProduct gave.

        .EXAMPLE
            Uninstall-LegacyProduct -Attempt $attempt -Product $product

        .OUTPUTS
            System.Int64. Exit code of msiexec; 0 under WhatIf.
    #>
    [CmdletBinding()]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [object]
        $Product
    )

    $change = New-StageChange -Object $Product.code -Action 'uninstall' -Before $Product.name -Restorable $false
    $log = "$($Attempt.BackupFolder)\msi-$($Product.code.Trim('{', '}')).log"
    $argument = "/x $($Product.code) /qn /norestart /l*v ""$log"""
    $code = Invoke-StageChange -Attempt $Attempt -Change $change -Target $argument -Action { param ($Argument) Invoke-Program -Name 'msiexec.exe' -Argument $Argument }
    if ($null -eq $code)
    {
        $code = 0
    }
    if ($code -in @(1641, 3010))
    {
        $Attempt.Reboot = $true
    }
    if ($code -notin @(0, 1605, 1618, 1641, 3010))
    {
        Write-EnrollmentError -Id 'StageFailed' -Message "$($Product.name) could not be uninstalled (msiexec ended with $code); see $log." -TargetObject $Product.code
    }
    [int64]$code
}
