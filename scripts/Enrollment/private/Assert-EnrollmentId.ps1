function Assert-EnrollmentId
{
    <#
        .SYNOPSIS
            Refuse everything that is not the bare, dashed GUID of an enrollment.

        .DESCRIPTION
            An empty text, a pattern, a list joined into one text, all zeros and all F are refused: an empty id
            in a pattern once removed every task of a PC.

        .PARAMETER EnrollmentId
            The id.

        .EXAMPLE
            Assert-EnrollmentId -EnrollmentId $id

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $EnrollmentId
    )

    $digits = $EnrollmentId.Replace('-', '')
    $same = ($digits.Trim('0') -eq '') -or ($digits.Trim('f', 'F') -eq '')
    if ((-not (Test-EnrollmentIdText -Text $EnrollmentId)) -or $same)
    {
        Write-EnrollmentError -Id 'InvalidEnrollmentId' -Message "'$EnrollmentId' is not the id of an enrollment. Nothing was changed." -TargetObject $EnrollmentId
    }
}
