function Register-TaskXml
{
    <#
        .SYNOPSIS
            Register a scheduled task from its exported XML.

        .DESCRIPTION
            At the folder and under the name that the manifest gives.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Register-TaskXml -Entry $entry

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    if ($PSCmdlet.ShouldProcess($Entry.object, 'create'))
    {
        $cut = $Entry.object.LastIndexOf('\') + 1
        $register = @{
            TaskPath    = $Entry.object.Substring(0, $cut)
            TaskName    = $Entry.object.Substring($cut)
            Xml         = Get-Content -LiteralPath $Entry.file -Raw -Encoding Unicode -ErrorAction Stop
            ErrorAction = 'Stop'
        }
        $null = Register-ScheduledTask @register
    }
}
