"""Causes seen on the PC that somebody else has to change first, and what is right as it is."""

from __future__ import annotations

from orchestrator.domain.cause import Cause
from orchestrator.domain.findings import Disposition, Owner

_GPO = "Computer Configuration > Administrative Templates > Windows Components > MDM"
_REPORT = Disposition.REPORT

OWNER_CAUSES = (
    Cause(
        name="already_enrolled_healthy",
        rank=0,
        owner=Owner.NOBODY,
        disposition=Disposition.LEAVE,
        title="already enrolled in Intune, and healthy",
        next_action="nothing to do",
        source="Microsoft: verify auto-enrollment; community: liveness of an enrollment",
    ),
    Cause(
        name="os_too_old",
        rank=10,
        owner=Owner.NOBODY,
        disposition=_REPORT,
        title="this Windows is too old for enrollment by Group Policy",
        next_action="update Windows; version 1709 (build 16299) is the least that enrolls",
        source="Microsoft: troubleshoot Windows auto-enrollment",
        unsupported=True,
    ),
    Cause(
        name="home_edition",
        rank=11,
        owner=Owner.NOBODY,
        disposition=_REPORT,
        title="Windows Home cannot be enrolled",
        next_action="upgrade the edition to Pro, Education or Enterprise",
        source="Microsoft: troubleshoot Windows enrollment errors (0x8018001C)",
        unsupported=True,
    ),
    Cause(
        name="server_os",
        rank=12,
        owner=Owner.NOBODY,
        disposition=_REPORT,
        title="a Windows Server cannot be enrolled by this policy",
        next_action="take the server out of the list; MDM policies do not apply to Windows Server",
        source="Microsoft: MDM.admx, supported on clients only",
        unsupported=True,
    ),
    Cause(
        name="facts_unread",
        rank=15,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="what has to be known before anything may change could not be read",
        next_action="look at the PC: the lines under 'unknown' say what could not be read and why",
        source="enrollmend: unknown is not no",
    ),
    Cause(
        name="not_domain_joined",
        rank=20,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="not joined to an Active Directory domain",
        next_action="join the PC to the domain; a PC of a workgroup is out of scope",
        source="Microsoft: dsregcmd, table of join states",
    ),
    Cause(
        name="entra_joined_only",
        rank=21,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="joined to Microsoft Entra ID only, so no Group Policy enrolls it",
        next_action=(
            "let the user disconnect and rejoin under Settings > Accounts > Access work or school "
            "with the MDM user scope covering them; this PC is not a hybrid one"
        ),
        source="Microsoft: dsregcmd, table of join states",
        unsupported=True,
    ),
    Cause(
        name="drs_joined",
        rank=22,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="joined to an on-premises device registration service instead of Entra ID",
        next_action="remove the AD FS device registration of this PC, then let it join Entra ID",
        source="Microsoft: dsregcmd, table of join states",
    ),
    Cause(
        name="foreign_mdm_active",
        rank=30,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="managed by another MDM",
        next_action=(
            "decide who manages this PC; when it is to be Intune, retire the device in the other "
            "MDM's console and run again. Nothing was changed"
        ),
        source="Microsoft: 0x8018000A; community: provider ids of other MDMs",
    ),
    Cause(
        name="ccm_comanaged",
        rank=40,
        owner=Owner.DIRECTORY,
        disposition=Disposition.LEAVE,
        title="co-managed by Configuration Manager, which enrolls it itself",
        next_action=(
            "left alone. Configuration Manager enrolls this PC after a random delay of up to days; "
            r"its administrator finds the timer in %windir%\CCM\Logs\CoManagementHandler.log and "
            "the setting under Administration > Cloud Services > Cloud Attach > Enablement"
        ),
        source="Microsoft: how to monitor co-management",
    ),
    Cause(
        name="enrollment_disabled_by_policy",
        rank=50,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="a Group Policy forbids MDM enrollment",
        next_action=(
            f"in the GPO that sets it: {_GPO} > Disable MDM Enrollment: Not configured; then "
            "`gpupdate /target:computer`. Nothing was changed: the next refresh would undo it"
        ),
        source="Microsoft: MDM.admx; enroll a Windows device using Group Policy (0x80180026)",
    ),
    Cause(
        name="gpo_missing",
        rank=55,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the auto-enrollment policy does not reach this PC",
        next_action=(
            f"link a GPO to this PC's OU: {_GPO} > Enable automatic MDM enrollment using default "
            "Microsoft Entra credentials: Enabled, User Credential; check its security filter"
        ),
        source="Microsoft: enroll a Windows device using Group Policy",
    ),
    Cause(
        name="wrong_credential_type",
        rank=56,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the policy asks for Device Credential, which this PC cannot use",
        next_action=(
            f"in the GPO: {_GPO} > Enable automatic MDM enrollment > Select Credential Type to "
            "Use: User Credential. Device Credential is for co-management and multi-session hosts"
        ),
        source="Microsoft: enroll a Windows device using Group Policy",
    ),
    Cause(
        name="mdm_url_missing",
        rank=65,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="the tenant gives this PC no MDM address: the user is out of the MDM scope",
        next_action=(
            "Entra admin center > Mobility (MDM and WIP) > Microsoft Intune (not Microsoft Intune "
            "Enrollment): MDM user scope All or a group with this user; then sign out and in"
        ),
        source="Microsoft: troubleshoot Windows auto-enrollment; dsregcmd MdmUrl",
    ),
    Cause(
        name="mdm_url_foreign",
        rank=66,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="the tenant sends this PC to another MDM than Intune",
        next_action=(
            "Entra admin center > Mobility (MDM and WIP): take this user out of the other MDM "
            "app's scope and into that of Microsoft Intune"
        ),
        source="Microsoft: dsregcmd MdmUrl",
    ),
    Cause(
        name="upn_not_routable",
        rank=67,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the user's sign-in name ends in a domain that the tenant cannot know",
        next_action=(
            "give the user a UPN suffix that is a verified domain of the tenant (Active Directory "
            "Domains and Trusts > UPN suffixes, then the user's account tab), and sync"
        ),
        source="Microsoft: troubleshoot Windows enrollment errors (0x8018002B)",
    ),
    Cause(
        name="tenant_info_leftover",
        rank=68,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="the PC still holds the address book of a former tenant",
        next_action=(
            r"delete the former tenant's key below HKLM\SYSTEM\CurrentControlSet\Control"
            r"\CloudDomainJoin\TenantInfo by hand, after an export; it is never touched here"
        ),
        source="Microsoft: 0x8018002B; community: TenantInfo of a former tenant",
    ),
    Cause(
        name="system_proxy_blocked",
        rank=70,
        owner=Owner.NETWORK,
        disposition=_REPORT,
        title="the PC as SYSTEM does not reach the cloud",
        next_action=(
            "let computer accounts reach the named hosts without a sign-in and without TLS "
            "inspection: WinHTTP proxy (`netsh winhttp show proxy`) or WPAD, not the user's proxy"
        ),
        source="Microsoft: troubleshoot hybrid join, network requirements",
    ),
    Cause(
        name="mmpc_enrollment_flag",
        rank=72,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="a flag of another enrollment makes Intune answer HTTP 400",
        next_action=(
            r"set MmpcEnrollmentFlag in HKLM\SOFTWARE\Microsoft\Enrollments to 0 by hand, after an "
            "export, and run again; on PCs with Defender's settings management it comes back"
        ),
        source="community: 0x80190190 with MmpcEnrollmentFlag 2",
    ),
    Cause(
        name="enrollment_incomplete",
        rank=75,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="enrolled with a working certificate, but not whole",
        next_action=(
            "Settings > Accounts > Access work or school > Info > Sync; when that fails, retire "
            "the device in Intune and run again. A working enrollment is never removed here"
        ),
        source="community: liveness of an enrollment; enrollmend: what works is protected",
    ),
    Cause(
        name="service_missing",
        rank=76,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="a service that enrollment needs is not installed any more",
        next_action=(
            r"import HKLM\SYSTEM\CurrentControlSet\Services\dmwappushservice from a PC of the same "
            "build and restart; tools that 'debloat' Windows remove it"
        ),
        source="Microsoft: troubleshoot Windows enrollment errors (0x80180023)",
    ),
    Cause(
        name="fake_mdm_marker",
        rank=910,
        owner=Owner.DEVICE,
        disposition=Disposition.NOTE,
        title="an administrator marked this PC as managed so that browsers honour policies",
        next_action="nothing; whether the marker hinders enrollment is not known",
        source="community: the all-F enrollment key",
    ),
    Cause(
        name="ccm_present",
        rank=920,
        owner=Owner.DIRECTORY,
        disposition=Disposition.NOTE,
        title="a Configuration Manager client is installed",
        next_action="nothing; the client alone does not hinder enrollment",
        source="Microsoft: co-management and enrollment by Group Policy go together",
    ),
    Cause(
        name="foreign_agent_present",
        rank=930,
        owner=Owner.DEVICE,
        disposition=Disposition.NOTE,
        title="traces of another vendor's management, none of it at work",
        next_action="uninstall it when it is not used any more",
        source="community: traces of Workspace ONE, providers without a discovery URL",
    ),
)
