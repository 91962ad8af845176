function Export-EnrollmentKey
{
    <#
        .SYNOPSIS
            Export a registry key with everything below it.

        .DESCRIPTION
            As this session, and as SYSTEM when something below the key is kept for SYSTEM. Microsoft: reg.exe
            ends with 0 when it has exported everything.

        .PARAMETER Key
            Path such as HKLM\SOFTWARE\Microsoft\Enrollments\<id>.

        .PARAMETER FilePath
            The file.

        .EXAMPLE
            Export-EnrollmentKey -Key $key -FilePath $path

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Key,

        [Parameter(Mandatory = $true)]
        [string]
        $FilePath
    )

    $argument = "export ""$Key"" ""$FilePath"" /y"
    $code = Invoke-Program -Name 'reg.exe' -Argument $argument
    if ($code -ne 0)
    {
        $outcome = Invoke-OneShotTask -Name 'repair-export' -FilePath (Get-SystemProgramPath -Name 'reg.exe') -Argument $argument -TimeoutSeconds 60
        $code = $outcome.Result
    }
    if ($code -ne 0)
    {
        Write-EnrollmentError -Id 'BackupFailed' -Message "$Key could not be exported (reg.exe ended with $code)." -TargetObject $Key
    }
}
