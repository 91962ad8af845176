function Get-LiveEnrollmentId
{
    <#
        .SYNOPSIS
            List the enrollments of Intune that may be alive.

        .DESCRIPTION
            As Test-LiveEnrollment judges them.

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
        if ((Test-EnrollmentIdText -Text $name) -and (Test-LiveEnrollment -EnrollmentId $name))
        {
            $name
        }
    }
}
