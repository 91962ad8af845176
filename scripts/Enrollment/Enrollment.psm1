# Loads one function a file. The manifest says which of them are exported. The functions of a site's
# own steps may lie in the folder own.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

foreach ($part in @('private', 'public', 'own'))
{
    $folder = Join-Path -Path $PSScriptRoot -ChildPath $part
    if (Test-Path -LiteralPath $folder -ErrorAction Stop)
    {
        foreach ($file in @(Get-ChildItem -LiteralPath $folder -Filter '*.ps1' -File -ErrorAction Stop))
        {
            . $file.FullName
        }
    }
}
