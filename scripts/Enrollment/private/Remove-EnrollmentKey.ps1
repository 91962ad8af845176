function Remove-EnrollmentKey
{
    <#
        .SYNOPSIS
            Remove one key below one of the eight roots, with everything below it.

        .DESCRIPTION
            As this session, and as SYSTEM when something below it is kept for SYSTEM. The name is asserted to
            be the id of an enrollment once more, because it becomes part of a path that is deleted.

        .PARAMETER Root
            Path of the parent key.

        .PARAMETER Name
            The id.

        .EXAMPLE
            Remove-EnrollmentKey -Root 'HKLM:\SOFTWARE\Microsoft\Enrollments' -Name $id

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Root,

        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    Assert-EnrollmentId -EnrollmentId $Name
    $path = "$Root\$Name"
    if ($PSCmdlet.ShouldProcess($path, 'delete'))
    {
        try
        {
            Remove-Item -LiteralPath $path -Recurse -Force -ErrorAction Stop
        }
        catch
        {
            Write-Verbose -Message "Again as SYSTEM: $($_.Exception.Message)"
            $argument = "delete ""$($path.Replace('HKLM:\', 'HKLM\'))"" /f"
            $null = Invoke-OneShotTask -Name 'repair-purge' -FilePath (Get-SystemProgramPath -Name 'reg.exe') -Argument $argument -TimeoutSeconds 60
        }
    }
}
