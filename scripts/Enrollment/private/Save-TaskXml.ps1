function Save-TaskXml
{
    <#
        .SYNOPSIS
            Save a scheduled task as XML.

        .DESCRIPTION
            A task that is not there is written down as absent.

        .PARAMETER Target
            What New-BackupTarget gave.

        .PARAMETER FilePath
            The file.

        .EXAMPLE
            Save-TaskXml -Target $target -FilePath $path

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param (
        [Parameter(Mandatory = $true)]
        [object]
        $Target,

        [Parameter(Mandatory = $true)]
        [string]
        $FilePath
    )

    $task = Get-TaskByPath -FullPath $Target.object
    if ($null -eq $task)
    {
        $Target.present = $false
    }
    elseif ($PSCmdlet.ShouldProcess($FilePath, 'create'))
    {
        $xml = Export-ScheduledTask -TaskPath $task.TaskPath -TaskName $task.TaskName -ErrorAction Stop
        Set-Content -LiteralPath $FilePath -Value $xml -Encoding Unicode -ErrorAction Stop
        $Target.file = $FilePath
        $Target.data = [string]$task.State
    }
}
