function Get-RegistryTable
{
    <#
        .SYNOPSIS
            Read all values of one registry key into a table.

        .DESCRIPTION
            A key that is not there gives an empty table; one that cannot be read is an error.

        .PARAMETER LiteralPath
            Path of the key, such as HKLM:\SOFTWARE\Microsoft\Enrollments.

        .EXAMPLE
            (Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Enrollments')['ExternallyManaged']

        .OUTPUTS
            System.Collections.Hashtable. Value name to value; asking for an absent name gives null.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Hashtable])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $LiteralPath
    )

    $table = @{}
    if (Test-Path -LiteralPath $LiteralPath -ErrorAction Stop)
    {
        # A key without values gives nothing at all.
        $item = Get-ItemProperty -LiteralPath $LiteralPath -ErrorAction Stop
        if ($null -ne $item)
        {
            foreach ($property in $item.PSObject.Properties)
            {
                if ($property.Name -notin @('PSPath', 'PSParentPath', 'PSChildName', 'PSDrive', 'PSProvider'))
                {
                    $table[$property.Name] = $property.Value
                }
            }
        }
    }
    $table
}
