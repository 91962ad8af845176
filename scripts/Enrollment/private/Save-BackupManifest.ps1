function Save-BackupManifest
{
    <#
        .SYNOPSIS
            Write the manifest of a backup, and read it back.

        .DESCRIPTION
            It names every object with its file and the hash of the file, and the enrollments that this run may
            remove.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Objects
            The objects that are backed up.

        .EXAMPLE
            Save-BackupManifest -Attempt $attempt -Objects $objects

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [System.Collections.ArrayList]
        $Objects
    )

    $earlier = @()
    $created = ConvertTo-UtcText -Date (Get-Date)
    $manifest = $Attempt['Manifest']
    if ($null -ne $manifest)
    {
        $earlier = @($manifest.enrollment_ids)
        $created = [string]$manifest.created
    }
    $table = [ordered]@{
        format         = 1
        module         = '0.1.0'
        run_id         = $Attempt.RunId
        computer_name  = $env:COMPUTERNAME
        created        = $created
        enrollment_ids = @(@($earlier) + @($Attempt.EnrollmentId) | Select-Object -Unique)
        objects        = @($Objects)
    }
    $path = "$($Attempt.BackupFolder)\manifest.json"
    if ($PSCmdlet.ShouldProcess($path, 'create'))
    {
        # Aside, then its hash, then into place: wherever a session dies, one of the two files is whole and meant.
        $aside = "$($Attempt.BackupFolder)\manifest.new"
        Set-Content -LiteralPath $aside -Value (ConvertTo-CompactJson -InputObject $table) -Encoding UTF8 -ErrorAction Stop
        $null = New-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\enrollmend' -Name "Manifest $($Attempt.RunId)" -PropertyType String -Value (Get-BackupHash -LiteralPath $aside) -Force -ErrorAction Stop
        Move-Item -LiteralPath $aside -Destination $path -Force -ErrorAction Stop
        $written = Get-BackupManifest -RunId $Attempt.RunId
        if (($null -eq $written) -or (@($written.objects).Count -ne $Objects.Count))
        {
            Write-EnrollmentError -Id 'BackupFailed' -Message "The manifest $path does not hold what was written."
        }
    }
}
