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
        # Not Get-Item and its methods: Constrained Language allows none of them. A key without values gives nothing.
        $item = Get-ItemProperty -LiteralPath $LiteralPath -ErrorAction Stop
        if ($null -ne $item)
        {
            foreach ($property in $item.PSObject.Properties)
            {
                $table[$property.Name] = $property.Value
            }
            foreach ($name in @('PSPath', 'PSParentPath', 'PSChildName', 'PSDrive', 'PSProvider'))
            {
                $table.Remove($name)
            }
        }
    }
    $table
}
