# Runs the conformance table on a real PowerShell: JSON cases on standard input, a JSON line each
# on standard output. Each case has a runspace of its own.
$cases = [Console]::In.ReadToEnd() | ConvertFrom-Json
foreach ($case in @($cases))
{
    $shell = [powershell]::Create()
    $null = $shell.AddScript($case.script)
    $state = 'Completed'
    $last = $null
    $output = @()
    try
    {
        $output = @($shell.Invoke())
    }
    catch
    {
        $state = 'Failed'
        $last = $_.Exception.InnerException.ErrorRecord
        if ($null -eq $last)
        {
            $last = $_
        }
    }
    if ($null -eq $last -and $shell.Streams.Error.Count -gt 0)
    {
        $last = $shell.Streams.Error[$shell.Streams.Error.Count - 1]
    }
    $errorId = ''
    if ($null -ne $last)
    {
        $errorId = [string]$last.FullyQualifiedErrorId
    }
    $answer = [ordered]@{ id = $case.id; output = @($output); error = $errorId; state = $state }
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $answer -Compress -Depth 6))
    $shell.Dispose()
}
