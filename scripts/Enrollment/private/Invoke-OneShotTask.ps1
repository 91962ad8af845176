function Invoke-OneShotTask
{
    <#
        .SYNOPSIS
            Run a program as SYSTEM, or as the signed-in user, through a task that is removed again.

        .DESCRIPTION
            A remote session is a network logon of an administrator: it sees neither keys that are kept for
            SYSTEM nor a user's tokens. Tasks live in \enrollmend\. One that has not ended in time is left to
            end by itself, and is removed by the next one.

        .PARAMETER Name
            Who calls, look or repair, a hyphen, and a word that says what it is for.

        .PARAMETER FilePath
            Full path of the program.

        .PARAMETER Argument
            Its arguments, as one text.

        .PARAMETER TimeoutSeconds
            How long to wait for it.

        .PARAMETER UserId
            Account of the signed-in user; empty for SYSTEM.

        .EXAMPLE
            Invoke-OneShotTask -Name 'repair-purge' -FilePath 'C:\Windows\System32\reg.exe' -Argument 'delete ...' -TimeoutSeconds 60

        .OUTPUTS
            System.Collections.Hashtable. Ended, and Result as uint32.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name,

        [Parameter(Mandatory = $true)]
        [string]
        $FilePath,

        [Parameter(Mandatory = $true)]
        [string]
        $Argument,

        [Parameter(Mandatory = $true)]
        [int]
        $TimeoutSeconds,

        [Parameter()]
        [AllowEmptyString()]
        [string]
        $UserId = ''
    )

    Clear-OneShotTask -Caller ($Name.Split('-')[0])
    $principal = @{ UserId = 'S-1-5-18'; LogonType = 'ServiceAccount'; RunLevel = 'Highest'; ErrorAction = 'Stop' }
    if ($UserId -ne '')
    {
        $principal = @{ UserId = $UserId; LogonType = 'Interactive'; RunLevel = 'Limited'; ErrorAction = 'Stop' }
    }
    $settings = @{
        AllowStartIfOnBatteries    = $true
        DontStopIfGoingOnBatteries = $true
        StartWhenAvailable         = $true
        MultipleInstances          = 'IgnoreNew'
        ExecutionTimeLimit         = New-TimeSpan -Minutes 10
        ErrorAction                = 'Stop'
    }
    $task = @{
        TaskPath    = '\enrollmend\'
        TaskName    = "$Name-$([guid]::NewGuid())"
        Action      = New-ScheduledTaskAction -Execute $FilePath -Argument $Argument -ErrorAction Stop
        Principal   = New-ScheduledTaskPrincipal @principal
        Settings    = New-ScheduledTaskSettingsSet @settings
        ErrorAction = 'Stop'
    }
    $outcome = @{ Ended = $false; Result = $null }
    if ($PSCmdlet.ShouldProcess($FilePath, $Argument))
    {
        $null = Register-ScheduledTask @task
        try
        {
            Start-ScheduledTask -TaskPath $task.TaskPath -TaskName $task.TaskName -ErrorAction Stop
            $outcome = Wait-TaskEnd -TaskPath $task.TaskPath -TaskName $task.TaskName -TimeoutSeconds $TimeoutSeconds
        }
        finally
        {
            Clear-OneShotTask -Caller ($Name.Split('-')[0])
        }
    }
    $outcome
}
