"""Every error this program raises on purpose, by who has to act.

EnrollmendError
  CallerError              the person or program that called us has to change something
    InvalidInput           a name, a list, an option (says where: file and line)
    InvalidInputs          several of them at once
    SettingsInvalid        the settings file or an environment variable
    CredentialsMissing     no account to log in with
    NotFound               no such run, campaign, device, cause
    ApprovalRequired       a plan nobody else has approved, or that changed since
    DeviceBusy             another run holds the device, and is not of the kind asked for
    NotNow                 a campaign or run is not in a state for what was asked
  DeviceError              the PC refused, failed or could not be reached (one leaf a FaultKind)
    Unreachable            nothing listens, no route, the name does not resolve
    TlsFailure             the certificate is not trusted, or TLS itself failed
    AuthenticationRefused  401, access denied: never tried again (lockout)
    QuotaExceeded          too many shells or operations on the PC: later
    TransientFailure       nothing was run yet; the same call may pass later
    OutcomeUnknown         the line broke after a command was sent: look again, never replay
    PolicyRefused          remote shells are forbidden, the endpoint does not exist
    ProtocolFailure        the answer is not WSMan or PSRP, or is too large
    ScriptFailed           the function ran and ended with a terminating error
    DeadlineExceeded       the function ran longer than it may; the outcome is unknown
  StoreError               Redis, or what it holds
    StoreUnavailable       down, refused, too old
    StoreFull              Redis refuses writes (noeviction)
    LeaseLost              another worker holds the device now; what we would have saved is dropped
    RunChanged             the run was saved by somebody else in between
  QueueError
    NoWorker               nobody would pick the work up

Each carries a sentence for the operator (`str(error)`) and, where there is one, what to do next
(`error.hint`). No message ever holds a password, a token or script text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class EnrollmendError(Exception):
    """Base of all errors raised on purpose; never raised itself."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and the hint apart, so that a view can lay them out.

        Args:
            message: what happened, one line, without secrets.
            hint: what the operator can do about it, one line; empty when there is nothing.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint


class CallerError(EnrollmendError):
    """Whoever called has to change something first."""

    exit_code = 2


class InvalidInput(CallerError):
    """A value that cannot be used; says what, where and why."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """Prefix the sentence with its place.

        Args:
            message: what is wrong.
            where: ``file:line`` or the option's name.
            hint: what would be right.
        """
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.where = where


class InvalidInputs(CallerError):
    """Several values that cannot be used, all told at once."""

    def __init__(self, problems: Sequence[InvalidInput], *, limit: int = 20) -> None:
        """Keep the problems, each with its own place and hint.

        Args:
            problems: at least one.
            limit: how many are told one by one.
        """
        super().__init__(f"{len(problems)} entries cannot be used")
        self.problems = tuple(problems[:limit])
        self.left_out = max(0, len(problems) - limit)


class SettingsInvalid(InvalidInput):
    """The settings file or an environment variable cannot be used."""


class CredentialsMissing(CallerError):
    """There is no account to log in to the devices with."""

    exit_code = 4


class NotFound(CallerError):
    """No run, campaign, device or cause of that name."""


class ApprovalRequired(CallerError):
    """The plan has no valid approval."""

    exit_code = 7


class DeviceBusy(CallerError):
    """Another run holds the device."""

    exit_code = 9


class NotNow(CallerError):
    """A campaign or a run is not in a state for what was asked."""

    exit_code = 9


class DeviceError(EnrollmendError):
    """A device refused, failed or could not be reached."""

    exit_code = 3
    kind: ClassVar[str] = "device"

    def __init__(self, message: str, *, host: str = "", code: str = "", hint: str = "") -> None:
        """Keep the host and the foreign code apart from the sentence.

        Args:
            message: what happened, one line, without secrets.
            host: the device's name.
            code: the WSMan fault, HTTP status or PowerShell error id, as text.
            hint: what the operator can do about it.
        """
        super().__init__(message, hint=hint)
        self.host = host
        self.code = code


class Unreachable(DeviceError):
    """Nothing answers on the WinRM ports: the PC is off, away, or WinRM is not set up."""

    kind = "unreachable"


class TlsFailure(DeviceError):
    """The TLS certificate is not trusted, or the handshake failed."""

    kind = "tls"


class AuthenticationRefused(DeviceError):
    """The device does not accept the account; retrying could lock it out.

    Attributes:
        account: its name, where it is known.
        refused_by: the devices in a row that refused it, when this one used up what is allowed.
    """

    kind = "auth"
    exit_code = 4
    account: str = ""
    refused_by: tuple[str, ...] = ()


class QuotaExceeded(DeviceError):
    """The device has no shell or operation left for this account now."""

    kind = "quota"


class TransientFailure(DeviceError):
    """The call failed before anything ran."""

    kind = "transient"


class OutcomeUnknown(DeviceError):
    """The line broke after a command had been sent."""

    kind = "outcome_unknown"


class DeadlineExceeded(OutcomeUnknown):
    """The function was still running when its time was over."""


class PolicyRefused(DeviceError):
    """The device's configuration forbids it, or the endpoint does not exist."""

    kind = "policy"


class ProtocolFailure(DeviceError):
    """The answer is not the protocol we speak."""

    kind = "protocol"


class ScriptFailed(DeviceError):
    """A function of the module ended with a terminating error."""

    kind = "script"


class StoreError(EnrollmendError):
    """Redis, or what it holds."""

    exit_code = 8


class StoreUnavailable(StoreError):
    """Redis is down, refuses us or is too old."""


class StoreFull(StoreError):
    """Redis has no memory left and, as it must, refuses to evict."""


class LeaseLost(StoreError):
    """Another worker holds the device now."""

    exit_code = 9


class RunChanged(StoreError):
    """The run was saved by somebody else since it was read."""

    exit_code = 9


class QueueError(EnrollmendError):
    """The queue cannot take or deliver work."""

    exit_code = 8


class NoWorker(QueueError):
    """No worker is running that would pick the work up."""
