function Save-SiteFact
{
    <#
        .SYNOPSIS
            Write down what a step of the site reads, before it changes anything.

        .DESCRIPTION
            Its function to undo gets this back.

        .PARAMETER Target
            What New-BackupTarget gave; its type is the function that reads.

        .EXAMPLE
            Save-SiteFact -Target $target

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target
    )

    $read = $Target.type
    $found = @(& $read)
    $Target.present = $found.Count -gt 0
    if ($Target.present)
    {
        $Target.data = ConvertTo-CompactJson -InputObject $found[0]
    }
}
