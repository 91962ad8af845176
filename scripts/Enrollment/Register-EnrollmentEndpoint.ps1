<#
    .SYNOPSIS
        Register the endpoint that lets one group call the functions of this module and nothing else.

    .DESCRIPTION
        Run it once on each PC, elevated, after the folder of this module was copied to
        %ProgramFiles%\WindowsPowerShell\Modules\Enrollment. It makes a session configuration of the
        kind RestrictedRemoteServer: no language, four functions, run as a virtual account that is
        an administrator of this PC and nothing elsewhere.

        Registering restarts WinRM: every remote session to this PC ends, this one too.

        The virtual account has no identity on the network but the computer's, and it is not SYSTEM:
        what Windows keeps for SYSTEM the module does through one-shot scheduled tasks.

        To take the endpoint away again: Unregister-PSSessionConfiguration -Name 'Enrollment'.

    .PARAMETER Group
        The group whose members may connect, such as FABRIKAM\Intune-Repair.

    .PARAMETER TranscriptDirectory
        Where Windows keeps a transcript of each session. Only Administrators should read it.

    .EXAMPLE
        .\Register-EnrollmentEndpoint.ps1 -Group 'FABRIKAM\Intune-Repair'

    .OUTPUTS
        Nothing.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param (
    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string]
    $Group,

    [Parameter()]
    [string]
    $TranscriptDirectory = (Join-Path -Path $env:ProgramData -ChildPath 'enrollmend\transcripts')
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$name = 'Enrollment'
$path = Join-Path -Path $env:ProgramData -ChildPath 'enrollmend\Enrollment.pssc'
$configuration = @{
    Path                = $path
    SessionType         = 'RestrictedRemoteServer'
    RunAsVirtualAccount = $true
    TranscriptDirectory = $TranscriptDirectory
    RoleDefinitions     = @{ $Group = @{ RoleCapabilities = $name } }
    ErrorAction         = 'Stop'
}

if ($PSCmdlet.ShouldProcess($name, 'Register the session configuration and restart WinRM'))
{
    foreach ($folder in @((Split-Path -Path $path -Parent), $TranscriptDirectory))
    {
        if (-not (Test-Path -LiteralPath $folder -ErrorAction Stop))
        {
            $null = New-Item -Path $folder -ItemType Directory -ErrorAction Stop
        }
    }
    New-PSSessionConfigurationFile @configuration
    if (-not (Test-PSSessionConfigurationFile -Path $path))
    {
        throw "The session configuration $path is not valid; nothing was registered."
    }
    $null = Register-PSSessionConfiguration -Name $name -Path $path -Force -ErrorAction Stop
}
