function Save-BackupObject
{
    <#
        .SYNOPSIS
            Save one object to its file, or write down what it is.

        .DESCRIPTION
            Registry keys with reg.exe, tasks as XML, certificates without their private key, which cannot be
            exported; values and start modes in the manifest itself. Each file must not be empty, and its hash
            is recorded.

        .PARAMETER Target
            What New-BackupTarget gave; file, hash and data are filled in.

        .PARAMETER Stem
            Path of the file without its extension.

        .EXAMPLE
            Save-BackupObject -Target $target -Stem 'C:\ProgramData\enrollmend\backup\r-1\000'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target,

        [Parameter(Mandatory = $true)]
        [string]
        $Stem
    )

    if ($PSCmdlet.ShouldProcess($Target.object, 'export'))
    {
        switch ($Target.kind)
        {
            'key'
            {
                $Target.file = "${Stem}.reg"
                Export-EnrollmentKey -Key $Target.object -FilePath $Target.file
            }
            'task' { Save-TaskXml -Target $Target -FilePath "${Stem}.xml" }
            'certificate' { Save-CertificateFile -Target $Target -FilePath "${Stem}.cer" }
            'service' { Save-ServiceMode -Target $Target }
            'value' { Save-RegistryValue -Target $Target }
            'own' { Save-SiteFact -Target $Target }
            default { Write-Verbose -Message "$($Target.kind) $($Target.object) is written down only." }
        }
        if ($Target.file -ne '')
        {
            $Target.sha256 = Get-BackupHash -LiteralPath $Target.file
        }
    }
}
