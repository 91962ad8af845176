function Get-LinkedEnrollmentId
{
    <#
        .SYNOPSIS
            List the enrollments that others are linked to.

        .DESCRIPTION
            Microsoft: DMClient CSP, LinkedEnrollment. A key that cannot be read links to nothing that is known;
            its own entry says that it could not be read.

        .PARAMETER EnrollmentId
            Bare, dashed GUIDs that have a key below Enrollments.

        .EXAMPLE
            Get-LinkedEnrollmentId -EnrollmentId $id

        .OUTPUTS
            System.String. Lower-case GUIDs.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $EnrollmentId
    )

    foreach ($id in $EnrollmentId)
    {
        try
        {
            $linked = ([string](Get-LinkedEnrollment -EnrollmentId $id)['LinkedEnrollmentId']).ToLowerInvariant()
            if (Test-EnrollmentIdText -Text $linked)
            {
                $linked
            }
        }
        catch
        {
            Write-Verbose -Message "$id cannot be read: $($_.FullyQualifiedErrorId)"
        }
    }
}
