function Get-TaskFolderFact
{
    <#
        .SYNOPSIS
            List the task folders of enrollments, empty ones too.

        .DESCRIPTION
            A folder is listed with a backslash at both ends, as task paths are.

        .EXAMPLE
            Get-TaskFolderFact

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    foreach ($tree in @(Get-TaskTree))
    {
        foreach ($name in @(Get-TaskSubfolderName -Path $tree.Path))
        {
            "$($tree.Path)\$name\"
        }
    }
}
