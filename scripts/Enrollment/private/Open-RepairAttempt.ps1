function Open-RepairAttempt
{
    <#
        .SYNOPSIS
            Record the number of this attempt, and that it has begun.

        .DESCRIPTION
            In HKLM\SOFTWARE\enrollmend; makes the folders of backup and journal too.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Open-RepairAttempt -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    Assert-EnrollmentFolder -Attempt $Attempt
    $key = 'HKLM:\SOFTWARE\enrollmend'
    if ($PSCmdlet.ShouldProcess($key, 'set'))
    {
        if (-not (Test-Path -LiteralPath $key -ErrorAction Stop))
        {
            $null = New-Item -Path $key -ErrorAction Stop
        }
        $null = New-ItemProperty -LiteralPath $key -Name 'Fence' -PropertyType QWord -Value $Attempt.Fence -Force -ErrorAction Stop
        $null = New-ItemProperty -LiteralPath $key -Name 'RunId' -PropertyType String -Value $Attempt.RunId -Force -ErrorAction Stop
        $null = New-ItemProperty -LiteralPath $key -Name 'Open' -PropertyType DWord -Value 1 -Force -ErrorAction Stop
        Initialize-EnrollmentFolder -Attempt $Attempt
    }
}
