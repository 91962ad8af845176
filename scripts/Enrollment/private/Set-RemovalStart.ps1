function Set-RemovalStart
{
    <#
        .SYNOPSIS
            Remember since when a removal goes on by itself, or has ended.

        .DESCRIPTION
            Time and run, in a value of our own.

        .PARAMETER Name
            Which removal.

        .PARAMETER RunId
            Id of this run.

        .EXAMPLE
            Set-RemovalStart -Name 'AgentRemoval' -RunId 'r-1'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [ValidateSet('AgentRemoval', 'AgentGone', 'ConfigMgrRemoval')]
        [string]
        $Name,

        [Parameter(Mandatory = $true)]
        [string]
        $RunId
    )

    if ($PSCmdlet.ShouldProcess($Name, 'set'))
    {
        $text = "$(ConvertTo-UtcText -Date (Get-Date)) $RunId"
        $null = New-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\enrollmend' -Name $Name -PropertyType String -Value $text -Force -ErrorAction Stop
    }
}
