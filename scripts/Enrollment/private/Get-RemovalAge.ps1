function Get-RemovalAge
{
    <#
        .SYNOPSIS
            Give the seconds since a removal was started that goes on by itself, or was seen to have ended.

        .DESCRIPTION
            From a value of our own. A removal of another run counts only while it may still be going on.

        .PARAMETER Name
            Which removal.

        .PARAMETER RunId
            Id of this run.

        .PARAMETER Within
            Seconds for which a removal of another run counts. Half an hour is the longest that Microsoft gives
            the uninstaller of the retired client.

        .EXAMPLE
            Get-RemovalAge -Name 'AgentRemoval' -RunId 'r-1'

        .OUTPUTS
            System.Int64. -1 when none was started.
    #>
    [CmdletBinding()]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [ValidateSet('AgentRemoval', 'AgentGone', 'ConfigMgrRemoval')]
        [string]
        $Name,

        [Parameter(Mandatory = $true)]
        [string]
        $RunId,

        [Parameter()]
        [ValidateRange(0, 86400)]
        [System.Int32]
        $Within = 1800
    )

    $age = [int64]-1
    $text = [string](Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\enrollmend')[$Name]
    $parts = @($text.Split(' '))
    if ($parts.Count -eq 2)
    {
        $seconds = [int64]((Get-Date).ToUniversalTime() - ([datetime]$parts[0]).ToUniversalTime()).TotalSeconds
        if (($parts[1] -eq $RunId) -or (($seconds -ge 0) -and ($seconds -lt $Within)))
        {
            $age = [math]::Max([int64]0, $seconds)
        }
    }
    $age
}
