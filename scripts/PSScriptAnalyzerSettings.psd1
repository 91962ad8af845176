@{
    # For those who have Windows PowerShell at hand:
    # Invoke-ScriptAnalyzer -Path scripts -Recurse -Settings scripts/PSScriptAnalyzerSettings.psd1
    IncludeDefaultRules = $true
    Severity            = @('Error', 'Warning')
    Rules               = @{
        PSUseCompatibleSyntax         = @{ Enable = $true; TargetVersions = @('5.1') }
        PSPlaceOpenBrace              = @{ Enable = $true; OnSameLine = $false; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSUseConsistentIndentation    = @{ Enable = $true; IndentationSize = 4; Kind = 'space' }
        PSAvoidUsingPositionalParameters = @{ Enable = $true }
    }
}
