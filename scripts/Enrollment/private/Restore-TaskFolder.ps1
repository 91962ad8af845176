function Restore-TaskFolder
{
    <#
        .SYNOPSIS
            Put an empty task folder back.

        .DESCRIPTION
            A folder with tasks comes back with its tasks.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Entry
            One object of the manifest.

        .EXAMPLE
            Restore-TaskFolder -Attempt $attempt -Entry $entry

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [object]
        $Entry
    )

    $parts = @($Entry.object.Trim('\').Split('\'))
    $name = $parts[-1]
    $parent = '\' + ($parts[0..($parts.Count - 2)] -join '\')
    if (@(Get-TaskSubfolderName -Path $parent) -notcontains $name)
    {
        $change = New-StageChange -Object $Entry.object -Action 'create'
        $pair = @{ Path = $parent; Name = $name }
        $null = Invoke-StageChange -Attempt $Attempt -Change $change -Target $pair -Action {
            param ($Pair)
            $folder = Get-TaskFolder -Path $Pair.Path
            $null = $folder.CreateFolder($Pair.Name)
        }
    }
}
