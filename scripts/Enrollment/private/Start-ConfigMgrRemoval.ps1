function Start-ConfigMgrRemoval
{
    <#
        .SYNOPSIS
            Start the uninstaller of the Configuration Manager client.

        .DESCRIPTION
            Microsoft: it returns before its work ends, so it is not waited for.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Version
            Version of the client, for the record.

        .EXAMPLE
            Start-ConfigMgrRemoval -Attempt $attempt -Version '5.00.9128'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $Version
    )

    $setup = "$env:SystemRoot\ccmsetup\ccmsetup.exe"
    $change = New-StageChange -Object $setup -Action 'uninstall' -Before $Version -Restorable $false
    $pair = @{ Path = $setup; RunId = $Attempt.RunId }
    $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action {
        param ($Pair)
        # Marked after the start: a session lost in between finds ccmsetup running, or starts it again.
        Start-Process -FilePath $Pair.Path -ArgumentList '/uninstall' -WindowStyle Hidden -ErrorAction Stop
        Set-RemovalStart -Name 'ConfigMgrRemoval' -RunId $Pair.RunId
    }
}
