function New-StageChange
{
    <#
        .SYNOPSIS
            Make the table that describes one change.

        .DESCRIPTION
            The shape is written down in docs/module.md.

        .PARAMETER Object
            What is changed: a registry path, task path, thumbprint, product code or service name.

        .PARAMETER Action
            What is done with it.

        .PARAMETER Before
            What was there, in short.

        .PARAMETER Restorable
            Whether Restore-EnrollmentBackup can bring it back.

        .EXAMPLE
            New-StageChange -Object 'dmwappushservice' -Action 'enable' -Before 'Disabled'

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Object,

        [Parameter(Mandatory = $true)]
        [ValidateSet('delete', 'set', 'unregister', 'enable', 'start', 'stop', 'uninstall', 'create', 'export', 'restart')]
        [string]
        $Action,

        [Parameter()]
        [AllowEmptyString()]
        [string]
        $Before = '',

        [Parameter()]
        [bool]
        $Restorable = $true
    )

    [ordered]@{ object = $Object; action = $Action; before = $Before; restorable = $Restorable }
}
