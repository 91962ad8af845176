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

    $elapsed = (Get-Date) - $Since
    [int64][math]::Max(0, [math]::Round($elapsed.TotalMilliseconds))
}
