function Get-ElapsedMillisecond
{
    <#
        .SYNOPSIS
            Give the milliseconds since a moment.

        .DESCRIPTION
            Never below zero: a clock that was set back while a stage ran says nothing.

        .PARAMETER Since
            When it began.

        .EXAMPLE
            Get-ElapsedMillisecond -Since $started

        .OUTPUTS
            System.Int64
    #>
    [CmdletBinding()]
    [OutputType([System.Int64])]
    param (
        [Parameter(Mandatory = $true)]
        [datetime]
        $Since
    )

    # Without [math], which a constrained language mode does not allow.
    $elapsed = [int64]((Get-Date) - $Since).TotalMilliseconds
    if ($elapsed -lt 0)
    {
        $elapsed = [int64]0
    }
    $elapsed
}
