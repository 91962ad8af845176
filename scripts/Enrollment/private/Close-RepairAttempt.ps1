function Close-RepairAttempt
{
    <#
        .SYNOPSIS
            Record that the attempt has ended.

        .DESCRIPTION
            An attempt whose session is lost stays open, and the next look at the PC sees it.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Close-RepairAttempt -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $key = 'HKLM:\SOFTWARE\enrollmend'
    if ($PSCmdlet.ShouldProcess($key, 'set'))
    {
        Write-Verbose -Message "Attempt $($Attempt.Fence) has ended."
        $null = New-ItemProperty -LiteralPath $key -Name 'Open' -PropertyType DWord -Value 0 -Force -ErrorAction Stop
    }
}
