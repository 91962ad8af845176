function Get-TaskTree
{
    <#
        .SYNOPSIS
            List the two task folders below which an enrollment keeps its tasks.

        .DESCRIPTION
            Community: newer builds keep the tasks for queued alerts in the second one.

        .EXAMPLE
            Get-TaskTree

        .OUTPUTS
            System.Collections.Hashtable. Path of the folder and its bit in the facts.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param ()

    @(
        @{ Path = '\Microsoft\Windows\EnterpriseMgmt'; Bit = 256 }
        @{ Path = '\Microsoft\Windows\EnterpriseMgmtNonCritical'; Bit = 512 }
    )
}
