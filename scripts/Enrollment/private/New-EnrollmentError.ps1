function New-EnrollmentError
{
    <#
        .SYNOPSIS
            Make an error record with a stable id.

        .DESCRIPTION
            The orchestrator decides by the id; the message is for the operator and never holds a secret.

        .PARAMETER Id
            The part behind Enrollmend, such as Busy.

        .PARAMETER Message
            One line: what, where, what to do.

        .PARAMETER TargetObject
            What it is about.

        .EXAMPLE
            $PSCmdlet.ThrowTerminatingError((New-EnrollmentError -Id 'Busy' -Message 'Another run holds this PC.'))

        .OUTPUTS
            System.Management.Automation.ErrorRecord
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.ErrorRecord])]
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

    $exception = New-Object -TypeName 'System.InvalidOperationException' -ArgumentList $Message
    New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $exception, "Enrollmend.$Id", 'InvalidOperation', $TargetObject
}
