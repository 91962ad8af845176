function Add-FactSection
{
    <#
        .SYNOPSIS
            Run readers and add what they find, or the error they end with.

        .DESCRIPTION
            In a 32-bit host the registry below HKLM\SOFTWARE is another one: sections that rest on it stay
            unread rather than wrong.

        .PARAMETER Facts
            The table that is added to; its list unread takes the sections that failed.

        .PARAMETER Reader
            Section name to script block, or to the name of a function of the site.

        .PARAMETER Many
            Each reader gives a list, which may be empty.

        .EXAMPLE
            Add-FactSection -Facts $facts -Reader @{ os = { Get-OsFact } }

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Facts,

        [Parameter(Mandatory = $true)]
        [object]
        $Reader,

        [Parameter()]
        [switch]
        $Many
    )

    $elsewhere = @()
    if (Test-RedirectedHost)
    {
        $elsewhere = @('os', 'client_scp', 'flags', 'legacy_client', 'configmgr', 'pending_reboot', 'journal', 'enrollments', 'foreign_agents')
    }
    foreach ($section in @($Reader.Keys))
    {
        try
        {
            if (($section -in $elsewhere) -or (($elsewhere.Count -gt 0) -and ($section -like 'own:*')))
            {
                Write-EnrollmentError -Id 'UnsuitableHost' -Message 'This is a 32-bit host: use the 64-bit endpoint.'
            }
            $read = $Reader[$section]
            $found = @(& $read)
            if ($Many)
            {
                $Facts[$section] = $found
            }
            elseif ($found.Count -gt 0)
            {
                $Facts[$section] = $found[0]
            }
        }
        catch
        {
            $Facts['unread'] = @($Facts['unread']) + @([ordered]@{
                fact    = $section
                id      = $_.FullyQualifiedErrorId.Split(',')[0].Replace('Enrollmend.', '')
                message = $_.Exception.Message
            })
        }
    }
}
