function Assert-Fence
{
    <#
        .SYNOPSIS
            Refuse an attempt that is older than one that was here.

        .DESCRIPTION
            HKLM\SOFTWARE\enrollmend holds the highest number seen; the same number again is the same attempt. A
            worker that was frozen past its lease is stopped here.

        .PARAMETER Fence
            Number of the attempt.

        .EXAMPLE
            Assert-Fence -Fence 41

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [int64]
        $Fence
    )

    $known = [int64](Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\enrollmend')['Fence']
    if ($Fence -lt $known)
    {
        Write-EnrollmentError -Id 'FenceStale' -Message "Attempt $Fence is older than attempt $known, which was here already. Nothing was changed."
    }
}
