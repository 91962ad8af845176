function Get-RepairStage
{
    <#
        .SYNOPSIS
            List the stages of a repair in the one order in which they run.

        .DESCRIPTION
            Agents first, because they block what follows; tasks before certificates and keys, or a
            synchronisation would write the keys again; the steps of the site after all of ours; the trigger last.

        .PARAMETER OwnStep
            Steps of the site, in their order: name, and functions to read, fix, verify and undo.

        .EXAMPLE
            (Get-RepairStage -OwnStep @()).Keys

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary. Name to script block; the block gets the attempt as its one argument.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [string[]]
        $OwnStep
    )

    $stages = [ordered]@{
        backup       = { param ($Attempt) Invoke-BackupStage -Attempt $Attempt }
        reboot       = { param ($Attempt) Invoke-RebootStage -Attempt $Attempt }
        agents       = { param ($Attempt) Invoke-AgentStage -Attempt $Attempt }
        configmgr    = { param ($Attempt) Invoke-ConfigMgrStage -Attempt $Attempt }
        services     = { param ($Attempt) Invoke-ServiceStage -Attempt $Attempt }
        clock        = { param ($Attempt) Invoke-ClockStage -Attempt $Attempt }
        join         = { param ($Attempt) Invoke-JoinStage -Attempt $Attempt }
        tasks        = { param ($Attempt) Invoke-TaskStage -Attempt $Attempt }
        certificates = { param ($Attempt) Invoke-CertificateStage -Attempt $Attempt }
        state        = { param ($Attempt) Invoke-StateStage -Attempt $Attempt }
        flag         = { param ($Attempt) Invoke-FlagStage -Attempt $Attempt }
        policy       = { param ($Attempt) Invoke-PolicyStage -Attempt $Attempt }
    }
    foreach ($item in $OwnStep)
    {
        $stages["own:$($item.Split(' ')[0])"] = { param ($Attempt) Invoke-SiteStage -Attempt $Attempt }
    }
    $stages['trigger'] = { param ($Attempt) Invoke-TriggerStage -Attempt $Attempt }
    $stages
}
