function Get-EnrollmentSighting
{
    <#
        .SYNOPSIS
            Find every GUID that looks like an enrollment, and where it was seen.

        .DESCRIPTION
            The union of eight registry roots, both task trees, CurrentEnrollmentId and the linked enrollments:
            an id that is in one of them only is residue too. Names that are no GUID are left out.

        .EXAMPLE
            Get-EnrollmentSighting

        .OUTPUTS
            System.Collections.Specialized.OrderedDictionary. Lower-case GUID to the sum of the bits of the places.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param ()

    $seen = [ordered]@{}
    $found = @(
        foreach ($root in @(Get-EnrollmentRoot))
        {
            foreach ($name in @(Get-RegistryChildName -LiteralPath $root.Path))
            {
                @{ Id = $name; Bit = $root.Bit }
            }
        }
        foreach ($tree in @(Get-TaskTree))
        {
            foreach ($name in @(Get-TaskSubfolderName -Path $tree.Path))
            {
                @{ Id = $name; Bit = $tree.Bit }
            }
        }
        $logger = Get-RegistryTable -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Provisioning\OMADM\Logger'
        @{ Id = [string]$logger['CurrentEnrollmentId']; Bit = 1024 }
    )
    foreach ($sighting in $found)
    {
        # An id is tested once, in however many places it is.
        $id = $sighting.Id.ToLowerInvariant()
        if ($seen.Contains($id) -or (Test-EnrollmentIdText -Text $id))
        {
            $seen[$id] = [int]$seen[$id] -bor $sighting.Bit
        }
    }
    foreach ($linked in @(Get-LinkedEnrollmentId -EnrollmentId @($seen.Keys | Where-Object -FilterScript { $seen[$_] -band 1 })))
    {
        $seen[$linked] = [int]$seen[$linked] -bor 2048
    }
    $seen
}
