function Get-PolicyFact
{
    <#
        .SYNOPSIS
            Read the MDM policies of this PC.

        .DESCRIPTION
            Microsoft: MDM.admx. The history key shows that the policy extension has run.

        .EXAMPLE
            Get-PolicyFact

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $values = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\MDM'
    $history = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\History'
    ConvertTo-CompactTable -InputObject ([ordered]@{
        auto_enroll_mdm         = $values['AutoEnrollMDM']
        use_aad_credential_type = $values['UseAADCredentialType']
        mdm_application_id      = $values['MDMApplicationId']
        disable_registration    = $values['DisableRegistration']
        gp_history              = [bool](Test-RegistryChild -LiteralPath $history -Name '{7909AD9E-09EE-4247-BAB9-7029D5F0A278}')
    })
}
