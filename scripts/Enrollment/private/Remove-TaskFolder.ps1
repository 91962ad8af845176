function Remove-TaskFolder
{
    <#
        .SYNOPSIS
            Remove one empty task folder.

        .DESCRIPTION
            Through Schedule.Service, which refuses a folder that still has tasks. Deleting files would leave
            the task cache behind.

        .PARAMETER Path
            Parent folder without a backslash at its end.

        .PARAMETER Name
            Name of the folder.

        .EXAMPLE
            Remove-TaskFolder -Path '\Microsoft\Windows\EnterpriseMgmt' -Name $id

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path,

        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    if ($PSCmdlet.ShouldProcess("$Path\$Name", 'delete'))
    {
        $folder = Get-TaskFolder -Path $Path
        $null = $folder.DeleteFolder($Name, 0)
    }
}
