function Get-EnrollmentJournal
{
    <#
        .SYNOPSIS
            Read what was done on this PC in one run.

        .DESCRIPTION
            Every line of the journal, in the order in which it was written, and the objects of the backup. A
            run that was never here has neither.

        .PARAMETER RunId
            Id of the run.

        .EXAMPLE
            Get-EnrollmentJournal -RunId 'r-1'

        .OUTPUTS
            System.String. One JSON object.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [ValidatePattern('^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$')]
        [string]
        $RunId
    )

    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $path = Join-Path -Path $env:ProgramData -ChildPath "enrollmend\journal\${RunId}.jsonl"
    $lines = @()
    $torn = 0
    if (Test-Path -LiteralPath $path -ErrorAction Stop)
    {
        $texts = @(Get-Content -LiteralPath $path -Encoding UTF8 -ErrorAction Stop)
        $lines = @(
            foreach ($line in $texts)
            {
                try
                {
                    ConvertFrom-Json -InputObject $line
                }
                catch
                {
                    Write-Verbose -Message "A line of $path is torn: a session died over it."
                }
            }
        )
        $torn = $texts.Count - $lines.Count
    }
    $manifest = Get-BackupManifest -RunId $RunId
    $objects = @()
    if ($null -ne $manifest)
    {
        $objects = @($manifest.objects)
    }
    ConvertTo-CompactJson -InputObject ([ordered]@{ format = 1; run_id = $RunId; lines = $lines; torn = $torn; backup = $objects })
}
