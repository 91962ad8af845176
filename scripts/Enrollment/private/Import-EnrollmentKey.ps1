function Import-EnrollmentKey
{
    <#
        .SYNOPSIS
            Import an exported registry key.

        .DESCRIPTION
            As this session, and as SYSTEM when that is refused. Microsoft: reg.exe ends with 0 when it has
            imported everything.

        .PARAMETER FilePath
            The file.

        .EXAMPLE
            Import-EnrollmentKey -FilePath $path

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $FilePath
    )

    $argument = "import ""$FilePath"""
    $code = Invoke-Program -Name 'reg.exe' -Argument $argument
    if ($code -ne 0)
    {
        $outcome = Invoke-OneShotTask -Name 'repair-import' -FilePath (Get-SystemProgramPath -Name 'reg.exe') -Argument $argument -TimeoutSeconds 60
        $code = $outcome.Result
    }
    if ($code -ne 0)
    {
        Write-EnrollmentError -Id 'StageFailed' -Message "$FilePath could not be imported (reg.exe ended with $code)." -TargetObject $FilePath
    }
}
