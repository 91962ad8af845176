function Invoke-RepairStage
{
    <#
        .SYNOPSIS
            Run one stage and return its outcome, whatever happens in it.

        .DESCRIPTION
            A stage that ends with an error is a failed outcome with the changes made until then, so that
            nothing that was done is lost from the report.

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Name
            Name of the stage.

        .PARAMETER Action
            Runs the stage; it gets the attempt as its one argument.

        .EXAMPLE
            Invoke-RepairStage -Attempt $attempt -Name 'clock' -Action { param ($Attempt) Invoke-ClockStage -Attempt $Attempt }

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [string]
        $Name,

        [Parameter(Mandatory = $true)]
        [scriptblock]
        $Action
    )

    $Attempt.Stage = $Name
    $Attempt.Started = Get-Date
    $Attempt.Changes = New-Object -TypeName 'System.Collections.ArrayList'
    $Attempt.Made = 0
    $Attempt.Reboot = $false
    try
    {
        & $Action $Attempt
    }
    catch
    {
        $id = $_.FullyQualifiedErrorId.Split(',')[0]
        if ($id -notlike 'Enrollmend.*')
        {
            $id = "Enrollmend.StageFailed ($id)"
        }
        New-StageOutcome -Attempt $Attempt -Status 'failed' -Reason "${id}: $($_.Exception.Message)"
    }
}
