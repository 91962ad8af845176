"""What must be found, planned and reached on every named PC: written by hand, read by a person.

A line: the PC, the cause of the first look (``>`` and that of the last one, where a longer look
finds more), the stages of the first plan by a short name, how the run ends, who is next, and what
is told beside the cause without deciding anything (joined by ``+``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.domain.causes import CAUSES
from orchestrator.lab.fleet import story_of

if TYPE_CHECKING:
    from tests.fleet.journey import Journey

STAGES = {
    "-": "",
    "attempt": "backup trigger",
    "policy": "backup policy trigger",
    "renew": "backup tasks certificates state policy trigger",
    "clean": "backup tasks certificates state trigger",
    "registry": "backup certificates state trigger",
    "tasks": "backup tasks policy trigger",
    "flag": "backup flag trigger",
    "agents": "backup agents trigger",
    "agents+flag": "backup agents flag trigger",
    "services": "backup services trigger",
    "clock": "backup clock trigger",
    "join": "backup join",
}

TABLE = """
PC-32BIT        facts_unread                               -           needs_owner      device
PC-AIRWATCH     enrollment_not_triggered                   attempt     enrolled         nobody    foreign_agent_present
PC-AUTHERROR    enrollment_not_triggered                   attempt     enrolled         nobody    device_auth_error
PC-AVD          enrollment_not_triggered                   attempt     enrolled         nobody
PC-BADDATA      enrollment_data_rejected                   attempt     needs_owner      tenant
PC-BADGRANT     wrong_password                             attempt     held             user
PC-BADREQUEST   bad_request                                policy      needs_owner      tenant
PC-BLOCKED      blocked_cause_unknown                      attempt     enrolled         nobody
PC-BUSY         enrollment_in_progress                     attempt     failed           device
PC-CANCELLED    user_cancelled                             attempt     held             user
PC-CAREFUSED    ca_refused                                 attempt     needs_owner      tenant
PC-CCMDEAD      ccm_orphan                                 attempt     enrolled         nobody
PC-CCMORPHAN    externally_managed_flag                    flag        enrolled         nobody
PC-CCMPRESENT   enrollment_not_triggered                   attempt     enrolled         nobody    ccm_present
PC-CERTEXPIRED  join_certificate_expired                   -           needs_owner      device
PC-CERTSTORE    provisioning_failed                        attempt     failed           device
PC-CHILDLIVE    already_enrolled_healthy                   -           already_enrolled nobody
PC-CLM          facts_unread                               -           needs_owner      device    prt_unknown
PC-CLOCK        clock_skew                                 clock       enrolled         nobody
PC-COMANAGED    ccm_comanaged                              -           needs_owner      directory
PC-COMGMTCFG    comanagement_misconfigured                 attempt     needs_owner      tenant
PC-CONDACCESS   blocked_by_conditional_access              policy      needs_owner      tenant
PC-CORRUPT      facts_unread                               -           needs_owner      device
PC-CUSTOM       custom_server_error                        attempt     needs_owner      tenant
PC-DENIED       stale_enrollment                           renew       enrolled         nobody
PC-DENYREAD     facts_unread                               -           needs_owner      device
PC-DEVCRED      wrong_credential_type                      -           needs_owner      directory
PC-DEVLIMIT     device_limit_reached                       attempt     needs_owner      tenant
PC-DISABLED     device_disabled_in_cloud                   -           needs_owner      tenant
PC-DMENROLLOFF  service_disabled                           services    enrolled         nobody
PC-DROPS        stale_enrollment                           renew       enrolled         nobody
PC-DRS          drs_joined                                 -           needs_owner      directory
PC-DRSBUSY      join_service_unavailable                   -           needs_owner      network
PC-DSREGCUT     enrollment_not_triggered                   attempt     enrolled         nobody    prt_unknown
PC-EDITION      edition_not_licensed                       attempt     needs_owner      device
PC-EMPTYGUID    enrollment_not_triggered                   attempt     enrolled         nobody
PC-ENTRAONLY    entra_joined_only                          -           needs_owner      tenant
PC-EVENTS       stale_enrollment                           renew       enrolled         nobody
PC-EXPIRED      stale_enrollment                           renew       enrolled         nobody
PC-EXTMANAGED   externally_managed_flag                    flag        enrolled         nobody
PC-FAKEMDM      enrollment_not_triggered                   attempt     enrolled         nobody    fake_mdm_marker
PC-FEDERATION   federation_failure                         attempt     needs_owner      directory
PC-FLEETMDM     foreign_mdm_active                         -           needs_owner      tenant
PC-FOREIGNMDM   foreign_mdm_active                         -           needs_owner      tenant
PC-FOREIGNURL   mdm_url_foreign                            -           needs_owner      tenant
PC-FTENANT      foreign_tenant_enrollment                  renew       enrolled         nobody
PC-GERMAN       stale_enrollment                           renew       enrolled         nobody
PC-GUIDLIKE     enrollment_not_triggered                   attempt     enrolled         nobody
PC-HALF         enrollment_incomplete                      -           needs_owner      device
PC-HARDENED     enrollment_not_triggered                   attempt     enrolled         nobody
PC-HEALTHY      already_enrolled_healthy                   -           already_enrolled nobody
PC-HEALTHY-PAIR already_enrolled_healthy                   -           already_enrolled nobody
PC-HOME         home_edition                               -           needs_owner      nobody
PC-IDPREFUSED   idp_refused                                -           needs_owner      tenant
PC-INSECURE     insecure_redirect                          attempt     needs_owner      network
PC-INTERRUPTED  attempt_interrupted                        attempt     failed           device
PC-JOINDENIED   join_not_allowed                           -           needs_owner      tenant
PC-JOINING      join_under_way>enrollment_not_triggered    -           enrolled         nobody
PC-JOINPROXY    join_response_altered                      -           needs_owner      network
PC-JOINQUOTA    join_quota_reached                         -           needs_owner      tenant
PC-KEYBAD       device_key_unusable                        -           needs_owner      device
PC-LEGACY       legacy_intune_agent                        agents+flag enrolled         nobody
PC-LEGACY-LEFT  legacy_agent_leftovers                     agents      enrolled         nobody
PC-LEGACY-NOUN  legacy_intune_agent                        agents+flag enrolled         nobody
PC-LEGACY-PART  legacy_intune_agent                        agents+flag enrolled         nobody
PC-LIVE-STALE   already_enrolled_healthy                   -           already_enrolled nobody
PC-LOCALUSER    local_user_only                            -           held             user
PC-MAINTAIN     service_error                              attempt     needs_owner      tenant
PC-MAM          mam_leftover                               renew       enrolled         nobody
PC-MFA          mfa_needed                                 attempt     held             user
PC-MMPC         orphan_mmpc                                renew       enrolled         nobody
PC-MMPC-PAIR    stale_enrollment                           renew       enrolled         nobody
PC-MMPCFLAG     mmpc_enrollment_flag                       -           needs_owner      device
PC-NEVER        enrollment_not_triggered                   attempt     enrolled         nobody
PC-NINEDIGIT    mdm_scope_excludes_user                    -           needs_owner      tenant
PC-NOCHANNEL    stale_enrollment                           renew       enrolled         nobody
PC-NODC         domain_unreachable                         attempt     needs_owner      network
PC-NODNS        service_unreachable>system_proxy_blocked   attempt     needs_owner      network
PC-NODSREG      enrollment_not_triggered                   attempt     enrolled         nobody    prt_unknown
PC-NOFEATURE    feature_not_supported                      attempt     needs_owner      tenant
PC-NOFILE       component_missing                          attempt     failed           device
PC-NOGPO        gpo_missing                                -           needs_owner      directory
PC-NOISY        stale_enrollment                           renew       enrolled         nobody
PC-NOKEY        stale_enrollment                           renew       enrolled         nobody
PC-NOLICENCE    user_not_licensed                          attempt     needs_owner      tenant
PC-NOMDMURL     mdm_url_missing                            -           needs_owner      tenant
PC-NOPRT        no_prt                                     -           held             user
PC-NOSCOPE      mdm_scope_excludes_user                    attempt     needs_owner      tenant
PC-NOTALLOWED   user_not_authorised                        attempt     needs_owner      tenant
PC-NOTELEVATED  stale_enrollment                           renew       failed           device
PC-NOTHYBRID    not_hybrid_joined>enrollment_not_triggered join        enrolled         nobody
PC-NOUSER       no_interactive_user                        -           held             user      prt_unknown
PC-OFFNET       enrollment_not_triggered                   attempt     enrolled         nobody
PC-OLDLAYOUT    enrollment_not_triggered                   attempt     enrolled         nobody
PC-OLDOS        os_too_old                                 -           needs_owner      nobody
PC-OLDTENINFO   tenant_info_leftover                       -           needs_owner      device
PC-OLDTHUMB     already_enrolled_healthy                   -           already_enrolled nobody
PC-ORPHAN       stale_enrollment                           renew       enrolled         nobody
PC-POLICYOFF    enrollment_disabled_by_policy              -           needs_owner      directory
PC-PROXY        proxy_not_found>system_proxy_blocked       attempt     needs_owner      network
PC-PRTFAIL      no_prt                                     -           held             user
PC-PURGE        purge_incomplete                           clean       enrolled         nobody
PC-RDPONLY      user_sign_in_needed                        attempt     held             user      prt_unknown
PC-REBOOT       pending_reboot                             -           held             user
PC-REBOOTS      stale_enrollment                           renew       enrolled         nobody
PC-RELAPSED     relapsed                                   attempt     enrolled         nobody
PC-RES-BOTH     residue                                    clean       enrolled         nobody
PC-RES-REG      residue_registry_only                      registry    enrolled         nobody
PC-RES-TASKS    residue_tasks_only                         tasks       enrolled         nobody
PC-RESTRICTED   enrollment_restricted                      attempt     needs_owner      tenant
PC-SCP          join_scp_unreadable                        -           needs_owner      directory
PC-SCPTENANT    join_tenant_wrong                          -           needs_owner      directory
PC-SERVER       server_os                                  -           needs_owner      nobody
PC-SIGNIN       user_sign_in_needed                        attempt     held             user
PC-SRVERROR     service_error                              attempt     needs_owner      tenant
PC-STICKY       enrollment_state_cached                    -           held             user
PC-SVCGONE      service_missing                            -           needs_owner      device
PC-SVCOFF       service_disabled                           services    enrolled         nobody
PC-SYNCWAIT     join_sync_pending                          -           needs_owner      directory
PC-TASK-GONE    auto_enroll_task_missing                   policy      enrolled         nobody
PC-TASK-OFF     auto_enroll_task_disabled                  policy      enrolled         nobody
PC-TEXTONLY     enrollment_not_triggered                   attempt     enrolled         nobody
PC-THROTTLED    throttled                                  attempt     needs_owner      tenant
PC-TIMEOUT      service_unreachable                        attempt     needs_owner      network
PC-TLSINTER     tls_interception                           attempt     needs_owner      network
PC-TPMFIPS      tpm_fips_mode                              -           needs_owner      directory
PC-TPMJOIN      join_tpm_failure                           -           held             user
PC-TPMKEY       platform_restart_needed                    -           held             user
PC-TREE         already_enrolled_healthy                   -           already_enrolled nobody    fake_mdm_marker
PC-TREE-DEAD    foreign_tenant_enrollment                  renew       enrolled         nobody    fake_mdm_marker
PC-TWO-STALE    stale_enrollment                           renew       enrolled         nobody
PC-TWOCAUSES    enrollment_disabled_by_policy              -           needs_owner      directory
PC-UNKNOWN      unknown_code                               attempt     needs_owner      device
PC-UPN          upn_not_routable                           -           needs_owner      directory
PC-UPNUNKNOWN   user_unknown_in_tenant                     -           needs_owner      tenant
PC-URLWRONG     mdm_url_wrong                              attempt     needs_owner      tenant
PC-WORKGROUP    not_domain_joined                          -           needs_owner      directory
PC-WORKPLACE    enrollment_not_triggered                   attempt     enrolled         nobody    workplace_joined
PC-WRONGCTX     wrong_token_context                        attempt     enrolled         nobody
PC-ZEROGUID     enrollment_not_triggered                   attempt     enrolled         nobody
"""  # noqa: E501 - a table


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cause: str
    last_cause: str
    stages: tuple[str, ...]
    end: str
    owner: str
    notes: tuple[str, ...] = ()


def _row(line: str) -> Row:
    name, cause, stages, end, owner, *notes = line.split()
    first, _, last = cause.partition(">")
    told = tuple(notes[0].split("+")) if notes else ()
    return Row(name, first, last or first, tuple(STAGES[stages].split()), end, owner, told)


ROWS = {row.name: row for row in map(_row, TABLE.strip().splitlines())}

ODD = (
    "PC-GERMAN",
    "PC-32BIT",
    "PC-CLM",
    "PC-NOTELEVATED",
    "PC-DENIED",
    "PC-DENYREAD",
    "PC-NOCHANNEL",
    "PC-CORRUPT",
    "PC-NOKEY",
    "PC-NODSREG",
    "PC-DSREGCUT",
    "PC-CLOCK",
    "PC-REBOOTS",
    "PC-DROPS",
    "PC-TREE-DEAD",
    "PC-NINEDIGIT",
    "PC-TEXTONLY",
)
"""PCs whose answers are looked at more closely, in a file of their own."""

UNSEEN: dict[str, str] = {}
"""Causes that no simulated PC can show, each with the reason."""


def check(journey: Journey, row: Row) -> None:
    """Hold a journey against its row, and against what no row may change."""
    first, last = journey.first, journey.last
    assert first.diagnosis is not None
    assert last.diagnosis is not None
    assert first.diagnosis.primary is not None
    assert last.diagnosis.primary is not None
    assert first.plan is not None
    found = Row(
        row.name,
        first.diagnosis.primary.cause,
        last.diagnosis.primary.cause,
        tuple(stage.name for stage in first.plan.stages),
        last.verdict.value if last.verdict else last.state.value,
        last.owner.value if last.owner else "",
        tuple(note.partition(":")[0] for note in first.plan.notes),
    )
    assert found == row
    assert story_of(row.name).cause in {row.cause, row.last_cause}
    assert first.diagnosis.primary.evidence
    assert all(stage.reason for stage in first.plan.stages)
    assert last.reason
    assert journey.early == [], "looking at a PC changes it"
    if row.end in {"enrolled", "already_enrolled"}:
        assert last.proof
    else:
        told = last.next_action or "connect with" in last.reason
        assert told, "somebody has to do something, and is not told what"
    if row.end != "enrolled":
        assert [line for line in journey.diff if not line.startswith("~ events /")] == []
    if not row.stages and row.end != "enrolled":
        assert journey.diff == []
    if row.end == "needs_owner" and not row.stages and row.owner != "nobody":
        assert row.owner == CAUSES[row.cause].owner.value
