# Loads one function a file. The manifest says which of them are exported.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

foreach ($part in @('private', 'public'))
{
    $folder = Join-Path -Path $PSScriptRoot -ChildPath $part
    foreach ($file in @(Get-ChildItem -LiteralPath $folder -Filter '*.ps1' -File -ErrorAction Stop))
    {
        . $file.FullName
    }
}
