function Assert-RepairRequest
{
    <#
        .SYNOPSIS
            Refuse a request that names a stage without what the stage works on.

        .DESCRIPTION
            Nothing named means nothing, never all. An enrollment may have lost its certificate, so that the stage certificates is content with the enrollment.

        .PARAMETER Stage
            Stages that were asked for.

        .PARAMETER EnrollmentId
            Enrollments that were named.

        .PARAMETER Thumbprint
            Certificates that were named.

        .PARAMETER ServiceName
            Services that were named.

        .EXAMPLE
            Assert-RepairRequest -Stage 'tasks' -EnrollmentId $id -Thumbprint @() -ServiceName @()

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string[]]
        $Stage,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]
        $EnrollmentId,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $Thumbprint,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $ServiceName
    )

    $needs = [ordered]@{
        tasks        = @($EnrollmentId)
        state        = @($EnrollmentId)
        certificates = @($EnrollmentId) + @($Thumbprint)
        services     = @($ServiceName)
    }
    foreach ($name in @($needs.Keys))
    {
        if (($name -in $Stage) -and (@($needs[$name]).Count -eq 0))
        {
            Write-EnrollmentError -Id 'NothingNamed' -Message "Stage $name was not told what to work on. Nothing was changed." -TargetObject $name
        }
    }
    foreach ($id in @($EnrollmentId))
    {
        Assert-EnrollmentId -EnrollmentId $id
    }
    foreach ($name in @($ServiceName))
    {
        if ($name -notin @((Get-WatchedService).Keys))
        {
            Write-EnrollmentError -Id 'NothingNamed' -Message "Service $name is none that enrollment needs. Nothing was changed." -TargetObject $name
        }
    }
}
