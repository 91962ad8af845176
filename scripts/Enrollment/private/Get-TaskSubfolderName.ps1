function Get-TaskSubfolderName
{
    <#
        .SYNOPSIS
            List the names of the folders directly below a task folder.

        .DESCRIPTION
            Empty folders too: a folder without tasks is residue as well.

        .PARAMETER Path
            Path without a backslash at its end.

        .EXAMPLE
            Get-TaskSubfolderName -Path '\Microsoft\Windows\EnterpriseMgmt'

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Path
    )

    $folder = Get-TaskFolder -Path $Path
    if ($null -ne $folder)
    {
        foreach ($child in @($folder.GetFolders(0)))
        {
            $child.Name
        }
    }
}
