function Get-InteractiveUser
{
    <#
        .SYNOPSIS
            List the users with an interactive session.

        .DESCRIPTION
            Logon types 2 (console), 10 (remote desktop) and 11 (console, cached credentials). DWM and UMFD are
            accounts of the desktop itself.

        .EXAMPLE
            Get-InteractiveUser

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $types = @{}
    foreach ($session in @(Get-CimInstance -ClassName 'Win32_LogonSession' -Filter 'LogonType = 2 OR LogonType = 10 OR LogonType = 11' -ErrorAction Stop))
    {
        $types[[string]$session.LogonId] = [int]$session.LogonType
    }
    $seen = @{}
    foreach ($link in @(Get-CimInstance -ClassName 'Win32_LoggedOnUser' -ErrorAction Stop))
    {
        $type = $types[[string]$link.Dependent.LogonId]
        $user = "$($link.Antecedent.Domain)\$($link.Antecedent.Name)"
        $isDesktop = ($link.Antecedent.Name -like 'DWM-*') -or ($link.Antecedent.Name -like 'UMFD-*')
        if (($null -ne $type) -and (-not $isDesktop) -and (-not $seen.ContainsKey("$user $type")))
        {
            $seen["$user $type"] = $true
            [ordered]@{ user = $user; logon_type = $type }
        }
    }
}
