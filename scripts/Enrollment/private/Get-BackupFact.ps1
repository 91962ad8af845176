function Get-BackupFact
{
    <#
        .SYNOPSIS
            List the backups on this PC.

        .DESCRIPTION
            The twenty newest folder names that hold a manifest.

        .EXAMPLE
            Get-BackupFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $root = Join-Path -Path $env:ProgramData -ChildPath 'enrollmend\backup'
    if (Test-Path -LiteralPath $root -ErrorAction Stop)
    {
        foreach ($name in @(Get-ChildItem -LiteralPath $root -Name -ErrorAction Stop | Select-Object -Last 20))
        {
            $manifest = Get-BackupManifest -RunId $name
            if ($null -ne $manifest)
            {
                [ordered]@{ run_id = $name; created = [string]$manifest.created; objects = @($manifest.objects).Count; enrollment_ids = @($manifest.enrollment_ids) }
            }
        }
    }
}
