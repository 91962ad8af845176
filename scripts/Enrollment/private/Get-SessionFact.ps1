function Get-SessionFact
{
    <#
        .SYNOPSIS
            Read who is signed in to this PC.

        .DESCRIPTION
            Enrollment with a user's credential borrows the token of the user at the console. Sessions of the
            desktop itself are left out, and so are all when no desktop is running.

        .EXAMPLE
            Get-SessionFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $system = Get-CimInstance -ClassName 'Win32_ComputerSystem' -ErrorAction Stop
    $interactive = @()
    $desktops = @(Get-CimInstance -ClassName 'Win32_Process' -Filter "Name = 'explorer.exe'" -ErrorAction Stop)
    if ($desktops.Count -gt 0)
    {
        $interactive = @(Get-InteractiveUser)
    }
    ConvertTo-CompactTable -InputObject ([ordered]@{
        console_user = $system.UserName
        interactive  = $interactive
    })
}
