function Clear-TemporaryFile
{
    <#
        .SYNOPSIS
            Remove what a session that died left in the folder for temporary files.

        .DESCRIPTION
            Only files and folders named enrollmend- and a GUID, and only an hour after they were written: a younger
            one may belong to a session that is still at work. One from the future was written before the clock was
            set right.

        .EXAMPLE
            Clear-TemporaryFile

        .OUTPUTS
            Nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param ()

    $now = Get-Date
    $folder = Join-Path -Path $env:SystemRoot -ChildPath 'Temp'
    foreach ($item in @(Get-ChildItem -LiteralPath $folder -Filter 'enrollmend-*' -ErrorAction Stop))
    {
        $id = $item.Name.Substring('enrollmend-'.Length).Replace('.txt', '')
        if ((Test-EnrollmentIdText -Text $id) -and (($item.LastWriteTime -lt $now.AddHours(-1)) -or ($item.LastWriteTime -gt $now.AddHours(1))) -and $PSCmdlet.ShouldProcess($item.FullName, 'delete'))
        {
            Remove-Item -LiteralPath $item.FullName -Recurse -Force -ErrorAction Stop
        }
    }
}
