function Invoke-Program
{
    <#
        .SYNOPSIS
            Run a program of Windows to its end and return its exit code.

        .DESCRIPTION
            The argument text is made of checked values only and quoted by the caller.

        .PARAMETER Name
            File name in System32, such as reg.exe.

        .PARAMETER Argument
            The arguments, as one text.

        .EXAMPLE
            Invoke-Program -Name 'w32tm.exe' -Argument '/resync'

        .OUTPUTS
            System.Int64. Exit code as uint32, as event logs and the Task Scheduler show it.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name,

        [Parameter(Mandatory = $true)]
        [string]
        $Argument
    )

    $start = @{
        FilePath     = Get-SystemProgramPath -Name $Name
        ArgumentList = $Argument
        WindowStyle  = 'Hidden'
        Wait         = $true
        PassThru     = $true
        ErrorAction  = 'Stop'
    }
    if ($PSCmdlet.ShouldProcess($Name, $Argument))
    {
        $process = Start-Process @start
        [int64]$process.ExitCode -band 4294967295
    }
}
