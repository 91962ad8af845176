"""Causes that end when somebody signs in, answers or restarts the PC."""

from __future__ import annotations

from orchestrator.domain.cause import Cause
from orchestrator.domain.findings import Disposition, Owner

_HOLD = Disposition.HOLD
_REBOOT = Disposition.REBOOT
_REST = "the run looks again by itself"
_ERRORS = "Microsoft: troubleshoot Windows enrollment errors"

USER_CAUSES = (
    Cause(
        name="pending_reboot",
        rank=150,
        owner=Owner.USER,
        disposition=_REBOOT,
        title="Windows waits for a restart",
        next_action=f"restart the PC; {_REST}",
        source="platform knowledge: RebootPending of component servicing",
    ),
    Cause(
        name="enrollment_state_cached",
        rank=151,
        owner=Owner.USER,
        disposition=_REBOOT,
        title="Windows still says 'already enrolled', though nothing is left on the PC",
        next_action=f"restart the PC, for Windows keeps this in memory; {_REST}",
        source="community: 0x8018000A after a verified clean-up ends with a restart",
        from_code=True,
    ),
    Cause(
        name="platform_restart_needed",
        rank=152,
        owner=Owner.USER,
        disposition=_REBOOT,
        title="Windows is in a state that only a restart ends",
        next_action=f"restart the PC; {_REST}. If it stays, check the TPM (`tpm.msc`)",
        source="Microsoft: win32 MDMReg constants; community: out of memory, TPM",
        from_code=True,
    ),
    Cause(
        name="no_interactive_user",
        rank=400,
        owner=Owner.USER,
        disposition=_HOLD,
        title="nobody is signed in; enrollment needs the token of a signed-in user",
        next_action=f"a licensed user signs in at this PC; {_REST}",
        source="Microsoft: enrollment starts after sign-in; community: use of the token",
    ),
    Cause(
        name="local_user_only",
        rank=405,
        owner=Owner.USER,
        disposition=_HOLD,
        title="only a local account is signed in, which has no token for the cloud",
        next_action=f"a user with a domain account signs in at this PC; {_REST}",
        source="Microsoft: enrollment starts after signing in with an Entra account",
    ),
    Cause(
        name="no_prt",
        rank=410,
        owner=Owner.USER,
        disposition=_HOLD,
        title="the signed-in user has no token for the cloud",
        next_action=(
            f"the user locks and unlocks the PC, or signs out and in, on the network; {_REST}. If "
            "it stays, the sign-in log in Entra ID names the reason"
        ),
        source="Microsoft: dsregcmd AzureAdPrt",
    ),
    Cause(
        name="prt_unknown",
        rank=945,
        owner=Owner.USER,
        disposition=Disposition.NOTE,
        title="whether the user has a token for the enrollment is not known",
        next_action="nothing; enrollment is tried, and its code tells",
        source="Microsoft: dsregcmd, SSO state counts in the user's own session only",
    ),
    Cause(
        name="workplace_joined",
        rank=950,
        owner=Owner.USER,
        disposition=Disposition.NOTE,
        title="the user also added a work account to Windows, a second registration of this PC",
        next_action=(
            "when tokens fail: Settings > Accounts > Access work or school: disconnect that one"
        ),
        source="Microsoft: dsregcmd WorkplaceJoined; community: dual state",
    ),
    Cause(
        name="mfa_needed",
        rank=415,
        owner=Owner.USER,
        disposition=_HOLD,
        title="enrollment waits for the user's second factor",
        next_action=(
            f"the user answers the notification 'work or school account problem'; {_REST}. To end "
            "it for all: exclude Microsoft Intune Enrollment from the MFA conditional access policy"
        ),
        source=f"{_ERRORS} (0x8018002A), AADSTS50076",
        from_code=True,
    ),
    Cause(
        name="user_sign_in_needed",
        rank=416,
        owner=Owner.USER,
        disposition=_HOLD,
        title="the user's token was missing or refused",
        next_action=f"the user signs out and in again on the network; {_REST}",
        source="Microsoft: win32 MDMReg constants; troubleshoot hybrid joined devices",
        from_code=True,
    ),
    Cause(
        name="user_cancelled",
        rank=417,
        owner=Owner.USER,
        disposition=_HOLD,
        title="the user cancelled the enrollment",
        next_action=f"tell the user that the prompt is genuine; {_REST}",
        source="Microsoft: win32 MDMReg constants (0x80180030)",
        from_code=True,
    ),
    Cause(
        name="wrong_password",
        rank=418,
        owner=Owner.USER,
        disposition=_HOLD,
        title="the user's password was refused by the identity provider",
        next_action=f"the user signs out and in with the current password; {_REST}",
        source="Microsoft: troubleshoot hybrid joined devices, PRT attempt status",
        from_code=True,
    ),
)
