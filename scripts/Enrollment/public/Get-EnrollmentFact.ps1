function Get-EnrollmentFact
{
    <#
        .SYNOPSIS
            Read every fact about the enrollment of this PC, in one go.

        .DESCRIPTION
            Reads, never judges and never guesses. A section that cannot be read is left out and named in unread
            with the id of its error. The shape of the answer is written down in docs/module.md.

        .PARAMETER Network
            Also try the addresses that enrollment has to reach, as SYSTEM.

        .PARAMETER UserSession
            Also read the refresh token in the session of the signed-in user.

        .PARAMETER OwnFact
            Steps of the site: the name of each and of the function that reads it, with a blank between.

        .EXAMPLE
            Get-EnrollmentFact -UserSession

        .OUTPUTS
            System.String. One JSON object.
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter()]
        [switch]
        $Network,

        [Parameter()]
        [switch]
        $UserSession,

        [Parameter()]
        [AllowEmptyCollection()]
        [ValidatePattern('^[a-z][a-z0-9-]{0,39} [A-Za-z]{2,20}-Own[A-Za-z0-9]{1,60}$')]
        [string[]]
        $OwnFact = @()
    )

    Set-StrictMode -Version 2.0
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'
    $started = Get-Date
    $facts = [ordered]@{ format = 1; module = '0.1.0'; collected = ConvertTo-UtcText -Date $started; unread = @() }
    $single = [ordered]@{
        identity       = { Get-IdentityFact }
        host           = { Get-HostFact }
        os             = { Get-OsFact }
        dsregcmd       = { Get-DsregcmdFact }
        client_scp     = { Get-ClientScpFact }
        policy         = { Get-PolicyFact }
        flags          = { Get-FlagFact }
        legacy_client  = { Get-LegacyClientFact }
        configmgr      = { Get-ConfigMgrFact }
        events         = { Get-EnrollmentEventFact }
        join_events    = { Get-JoinEventFact }
        aad_events     = { Get-SignInEventFact }
        policy_events  = { Get-PolicyEventFact }
        session        = { Get-SessionFact }
        pending_reboot = { Get-PendingRebootFact }
        journal        = { Get-JournalFact }
        leftovers      = { Clear-TemporaryFile }
    }
    if ($UserSession)
    {
        $single['user_prt'] = { Get-UserPrtFact }
    }
    if ($Network)
    {
        $single['network'] = { Get-NetworkFact }
    }
    $many = [ordered]@{
        join_info      = { Get-JoinInfoFact }
        tenant_info    = { Get-TenantInfoFact }
        enrollments    = { Get-EnrollmentList }
        tasks          = { Get-TaskFact }
        task_folders   = { Get-TaskFolderFact }
        certificates   = { Get-CertificateFact }
        services       = { Get-ServiceFact }
        foreign_agents = { Get-ForeignAgentFact }
        backups        = { Get-BackupFact }
    }
    Add-FactSection -Facts $facts -Reader $single
    Add-FactSection -Facts $facts -Reader $many -Many
    $own = [ordered]@{}
    foreach ($item in $OwnFact)
    {
        $words = $item.Split(' ')
        $own["own:$($words[0])"] = $words[1]
    }
    Add-FactSection -Facts $facts -Reader $own
    $facts['elapsed_ms'] = Get-ElapsedMillisecond -Since $started
    ConvertTo-CompactJson -InputObject $facts
}
