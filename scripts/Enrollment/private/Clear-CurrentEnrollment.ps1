function Clear-CurrentEnrollment
{
    <#
        .SYNOPSIS
            Remove the value that names the current enrollment, if it names this one.

        .DESCRIPTION
            Compared with equality: another enrollment's id stays.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER EnrollmentId
            The enrollment that is being removed.

        .EXAMPLE
            Clear-CurrentEnrollment -Attempt $attempt -EnrollmentId $id

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [string]
        $EnrollmentId
    )

    $key = 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Logger'
    $current = [string](Get-RegistryTable -LiteralPath $key)['CurrentEnrollmentId']
    if ($current -eq $EnrollmentId)
    {
        $change = New-StageChange -Object "$($key.Replace('HKLM:\', 'HKLM\')) CurrentEnrollmentId" -Action 'delete' -Before $current
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $key -Action { param ($Key) Remove-ItemProperty -LiteralPath $Key -Name 'CurrentEnrollmentId' -ErrorAction Stop }
    }
}
