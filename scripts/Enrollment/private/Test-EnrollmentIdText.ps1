function Test-EnrollmentIdText
{
    <#
        .SYNOPSIS
            Tell whether a text is a bare, dashed GUID.

        .DESCRIPTION
            Anchored at both ends, and 36 characters long because the end anchor alone would allow a line feed.
            An empty text is none.

        .PARAMETER Text
            Name of a registry key or task folder.

        .EXAMPLE
            Test-EnrollmentIdText -Text 'Context'

        .OUTPUTS
            System.Boolean
    #>
    [CmdletBinding()]
    [OutputType([System.Boolean])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyString()]
        [string]
        $Text
    )

    ($Text.Length -eq 36) -and ($Text -match '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$')
}
