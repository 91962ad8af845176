function Invoke-SiteStage
{
    <#
        .SYNOPSIS
            Run one step of the site.

        .DESCRIPTION
            Its function to fix makes each change through Invoke-StageChange, so that it stands in the journal and
            is only noted under WhatIf; then its function to verify has to say that the PC is right.

        .PARAMETER Attempt
            What New-RepairAttempt gave; its stage is own: and the name of the step.

        .EXAMPLE
            Invoke-SiteStage -Attempt $attempt

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt
    )

    foreach ($item in $Attempt.OwnStep)
    {
        $words = $item.Split(' ')
        if ("own:$($words[0])" -eq $Attempt.Stage)
        {
            $fix = $words[2]
            $verify = $words[3]
            $null = & $fix -Attempt $Attempt
            if (-not $WhatIfPreference)
            {
                $answer = @(& $verify)
                if (($answer.Count -ne 1) -or ($answer[0] -isnot [bool]) -or (-not $answer[0]))
                {
                    Write-EnrollmentError -Id 'StageFailed' -Message "$verify says that it is not right after $fix." -TargetObject $Attempt.Stage
                }
            }
        }
    }
    New-StageOutcome -Attempt $Attempt
}
