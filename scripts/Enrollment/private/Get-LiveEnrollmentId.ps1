function Get-LiveEnrollmentId
{
    <#
        .SYNOPSIS
            List the enrollments of Intune that may be alive.

        .DESCRIPTION
            As Test-LiveEnrollment judges them. One that has an account and may not be read counts as alive.

        .EXAMPLE
            Get-LiveEnrollmentId

        .OUTPUTS
            System.String. GUIDs as their keys spell them.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param ()

    foreach ($name in @(Get-RegistryChildName -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments'))
    {
        $live = $false
        if (Test-EnrollmentIdText -Text $name)
        {
            try
            {
                $live = Test-LiveEnrollment -EnrollmentId $name
            }
            catch
            {
                Write-Verbose -Message "$name cannot be read: $($_.FullyQualifiedErrorId)"
                $live = $true
            }
        }
        if ($live)
        {
            $name
        }
    }
}
