function Initialize-EnrollmentFolder
{
    <#
        .SYNOPSIS
            Make the folders of backups and journals, for SYSTEM and Administrators only.

        .DESCRIPTION
            Below ProgramData every user may make folders, so owner and rights are set each time and not
            believed. Backups hold user names and tenant ids.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .EXAMPLE
            Initialize-EnrollmentFolder -Attempt $attempt

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    foreach ($folder in @($Attempt.Root, "$($Attempt.Root)\journal", "$($Attempt.Root)\backup", $Attempt.BackupFolder))
    {
        if ((-not (Test-Path -LiteralPath $folder -ErrorAction Stop)) -and $PSCmdlet.ShouldProcess($folder, 'create'))
        {
            $null = New-Item -Path $folder -ItemType Directory -ErrorAction Stop
        }
        if ($folder -eq $Attempt.Root)
        {
            Protect-EnrollmentFolder -LiteralPath $folder
        }
    }
}
