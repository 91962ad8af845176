function New-BackupTarget
{
    <#
        .SYNOPSIS
            Make the table that names one object to back up.

        .DESCRIPTION
            Every entry has every field, so that a manifest can be read strictly.

        .PARAMETER Kind
            What it is.

        .PARAMETER Object
            Registry path, full task path, folder, thumbprint, service name, product code or step of the site.

        .PARAMETER Name
            Name of a registry value, of a product, or of the function that undoes a step of the site.

        .PARAMETER Type
            Type of a registry value, or name of the function that reads a step of the site.

        .EXAMPLE
            New-BackupTarget -Kind 'value' -Object 'HKLM\SOFTWARE\Microsoft\Enrollments' -Name 'ExternallyManaged' -Type 'DWord'

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [ValidateSet('key', 'task', 'task_folder', 'certificate', 'service', 'value', 'product', 'own')]
        [string]
        $Kind,

        [Parameter(Mandatory = $true)]
        [string]
        $Object,

        [Parameter()]
        [AllowEmptyString()]
        [string]
        $Name = '',

        [Parameter()]
        [AllowEmptyString()]
        [string]
        $Type = ''
    )

    [ordered]@{
        kind       = $Kind
        object     = $Object
        name       = $Name
        type       = $Type
        present    = $true
        data       = ''
        file       = ''
        sha256     = ''
        restorable = $Kind -notin @('certificate', 'product')
    }
}
