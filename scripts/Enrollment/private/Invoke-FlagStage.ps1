function Invoke-FlagStage
{
    <#
        .SYNOPSIS
            Declare this PC as not externally managed.

        .DESCRIPTION
            Microsoft: the flag blocks enrollment with 0x80180026. Set to 0 and not removed, as the function
            that owns it does.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Invoke-FlagStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    $key = 'HKLM:\SOFTWARE\Microsoft\Enrollments'
    $flag = (Get-RegistryTable -LiteralPath $key)['ExternallyManaged']
    if (($null -ne $flag) -and ([int64]$flag -ne 0))
    {
        $change = New-StageChange -Object 'HKLM\SOFTWARE\Microsoft\Enrollments ExternallyManaged' -Action 'set' -Before ([string]$flag)
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $key -Action { param ($Key) Set-ItemProperty -LiteralPath $Key -Name 'ExternallyManaged' -Value 0 -ErrorAction Stop }
    }
    New-StageOutcome -Attempt $Attempt
}
