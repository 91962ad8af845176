function Invoke-AgentCleanup
{
    <#
        .SYNOPSIS
            Uninstall the products that are left, then remove what no uninstaller takes away.

        .DESCRIPTION
            In the documented order. Stops when another installation is running; the next look goes on. While
            the client's service exists nothing is deleted: its uninstaller would go with its folder. Nor is it
            in the half hour after a removal that its own uninstaller began (Microsoft).

        .PARAMETER Attempt
            What New-RepairAttempt gave.

        .PARAMETER Product
            Products to uninstall, in order.

        .EXAMPLE
            Invoke-AgentCleanup -Attempt $attempt -Product $products

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param (
        [Parameter(Mandatory = $true)]
        [hashtable]
        $Attempt,

        [Parameter(Mandatory = $true)]
        [AllowEmptyCollection()]
        [object[]]
        $Product
    )

    $code = 0
    $left = 0
    foreach ($item in $Product)
    {
        if ($code -ne 1618)
        {
            $code = Uninstall-LegacyProduct -Attempt $Attempt -Product $item
        }
    }
    $isThere = (-not ($WhatIfPreference -and ($Product.Count -gt 0))) -and (@(Get-CimInstance -ClassName 'Win32_Service' -Filter "Name = 'OmcSvc'" -ErrorAction Stop).Count -gt 0)
    if (($code -ne 1618) -and (-not $isThere) -and (-not $WhatIfPreference) -and (Test-LegacyLeftover))
    {
        $left = Get-AgentSettlingTime -Attempt $Attempt
    }
    if ($code -eq 1618)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds 300 -Reason 'another installation is running'
    }
    elseif ($isThere)
    {
        Write-EnrollmentError -Id 'StageFailed' -Message 'The retired client is still installed (its service OmcSvc exists). Its files were kept; uninstall it by hand.' -TargetObject 'OmcSvc'
    }
    elseif ($left -gt 0)
    {
        New-StageOutcome -Attempt $Attempt -Status 'parked' -WaitSeconds ([math]::Max([int64]60, $left)) -Reason 'the client is gone; what it left is removed half an hour later'
    }
    else
    {
        Remove-LegacyLeftover -Attempt $Attempt
        New-StageOutcome -Attempt $Attempt
    }
}
