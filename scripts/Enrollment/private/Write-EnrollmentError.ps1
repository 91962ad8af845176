function Write-EnrollmentError
{
    <#
        .SYNOPSIS
            End with an error that has a stable id.

        .DESCRIPTION
            The orchestrator decides by the id; the message is for the operator and never holds a secret. Made
            by Write-Error, because that works in every language mode.

        .PARAMETER Id
            The part behind Enrollmend, such as Busy.

        .PARAMETER Message
            One line: what, where, what to do.

        .PARAMETER TargetObject
            What it is about.

        .EXAMPLE
            Write-EnrollmentError -Id 'Busy' -Message 'Another run holds this PC.'

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding()]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Id,

        [Parameter(Mandatory = $true)]
        [string]
        $Message,

        [Parameter()]
        [object]
        $TargetObject
    )

    Write-Error -Message $Message -ErrorId "Enrollmend.$Id" -Category InvalidOperation -TargetObject $TargetObject -ErrorAction Stop
}
