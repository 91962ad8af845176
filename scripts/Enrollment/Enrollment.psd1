@{
    RootModule           = 'Enrollment.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5b6b5b0e-5a0a-4d52-9a7e-0f1f0d0e7a41'
    Author               = 'enrollmend'
    CompanyName          = 'enrollmend'
    Copyright            = 'MIT License'
    Description          = 'Reads why a PC is not enrolled in Microsoft Intune, removes what keeps it from enrolling, and triggers the enrollment.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop')
    FunctionsToExport    = @(
        'Get-EnrollmentFact'
        'Get-EnrollmentJournal'
        'Invoke-EnrollmentRepair'
        'Restore-EnrollmentBackup'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
