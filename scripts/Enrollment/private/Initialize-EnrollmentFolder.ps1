function Initialize-EnrollmentFolder
{
    <#
        .SYNOPSIS
            Make the folders of backups and journals, for SYSTEM and Administrators only.

        .DESCRIPTION
            Rights of the root are set each time: a session may have died before it set them. What is made is
            given to Administrators, also where Windows would name the account. Backups hold user names and
            tenant ids.

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

    $isNew = $false
    foreach ($folder in @($Attempt.Root, "$($Attempt.Root)\journal", "$($Attempt.Root)\backup", $Attempt.BackupFolder))
    {
        if ((-not (Test-Path -LiteralPath $folder -ErrorAction Stop)) -and $PSCmdlet.ShouldProcess($folder, 'create'))
        {
            $null = New-Item -Path $folder -ItemType Directory -ErrorAction Stop
            $isNew = $true
        }
        if ($folder -eq $Attempt.Root)
        {
            Protect-EnrollmentFolder -LiteralPath $folder
        }
    }
    if ($isNew)
    {
        $code = Invoke-Program -Name 'icacls.exe' -Argument """$($Attempt.Root)"" /setowner *S-1-5-32-544 /t /q"
        if ($code -ne 0)
        {
            Write-EnrollmentError -Id 'BackupFailed' -Message "The owner of $($Attempt.Root) could not be set (icacls ended with $code)."
        }
    }
}
