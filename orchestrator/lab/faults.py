"""What can go wrong between a worker and a simulated PC, as values.

Put them on ``device.faults`` (a list, first match first). The wire acts on those of `WireFault`,
the device itself on those of `DeviceFault`. A fault with ``times`` is used up after so many
strikes; ``times=0`` is permanent. Use `strike`, which does the counting, rather than reading the
list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

QUOTA_SHELLS = 2150859173
QUOTA_OPERATIONS = 2150859174


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Anything that goes wrong.

    Attributes:
        times: how often it strikes before it is gone; 0 means for ever.
    """

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFault(Fault):
    """A fault the server shows; the device behind it is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFault(Fault):
    """A fault of the PC itself; the wire sees only its results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(WireFault):
    """The port is closed: the connection is refused, as on a PC whose WinRM is off."""

    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unauthorized(WireFault):
    """Every login is answered 401, whatever the password."""

    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DropInReceive(WireFault):
    """The connection is cut while the client waits in Receive.

    Attributes:
        after: how many Receives of the session are answered first.
    """

    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang(WireFault):
    """A request is read and never answered.

    Attributes:
        action: last word of the WSMan action that hangs: ``Create``, ``Command``, ``Receive`` ...
    """

    action: str = "Receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaFault(WireFault):
    """Create is answered with a WSMan quota fault.

    Attributes:
        code: decimal fault code; 2150859173 shells a user, 2150859174 operations
            (Microsoft: wsmerror.h).
    """

    code: int = QUOTA_SHELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class WsmanFault(WireFault):
    """A request is answered with this WSMan fault.

    Attributes:
        code: decimal fault code.
        action: last word of the WSMan action that fails.
        message: the text of the fault.
    """

    code: int
    action: str = "Create"
    message: str = "The WS-Management service cannot process the request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(WireFault):
    """Every answer comes late.

    Attributes:
        seconds: real seconds added to each answer.
    """

    seconds: float = 0.2
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpStatus(WireFault):
    """A request is answered with a bare HTTP status, such as 503 while WinRM restarts.

    Attributes:
        status: the HTTP status.
        action: last word of the WSMan action.
    """

    status: int = 503
    action: str = "Create"


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfAnswer(WireFault):
    """The answer ends in the middle of its body and the connection closes.

    Attributes:
        action: last word of the WSMan action.
    """

    action: str = "Receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedXml(WireFault):
    """The answer is whole but is not XML.

    Attributes:
        action: last word of the WSMan action.
    """

    action: str = "Receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized(WireFault):
    """The answer is longer than any client should read.

    Attributes:
        megabytes: length of the body.
        action: last word of the WSMan action.
    """

    megabytes: int = 64
    action: str = "Receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(WireFault):
    """Every request is answered 307 to another host.

    Attributes:
        location: the whole address a careless client would log in at.
    """

    location: str
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KillAfterOperation(DeviceFault):
    """The session dies before the (n+1)th changing operation of the device; the PC stays up.

    Attributes:
        operations: how many changing operations are still done.
        torn: the file that the session was writing as it died is left half written.
    """

    operations: int
    torn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RebootUnderYou(DeviceFault):
    """The PC restarts before the (n+1)th changing operation: session gone, port closed, back later.

    Attributes:
        operations: how many changing operations are still done.
        seconds: how long the PC is away, in simulated seconds.
    """

    operations: int
    seconds: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailOperation(DeviceFault):
    """A cmdlet or program fails with an error a script can catch.

    Attributes:
        operation: name of the cmdlet or program, such as ``Unregister-ScheduledTask``.
        error_id: id of the error record.
        message: its text.
        after: how many calls of that operation go well first.
    """

    operation: str
    error_id: str = "UnauthorizedAccessException"
    message: str = "Access is denied."
    after: int = 0


F = TypeVar("F", bound=Fault)


def find(faults: list[Fault], kind: type[F]) -> F | None:
    """Return the first fault of a kind without using it up."""
    return next((fault for fault in faults if isinstance(fault, kind)), None)


def strike(faults: list[Fault], kind: type[F], *, action: str = "") -> F | None:
    """Return the first fault of a kind that applies, and count the strike.

    Args:
        faults: the list of the device; a used-up fault leaves it.
        kind: which fault is asked for.
        action: the WSMan action in hand; a fault that names another one does not apply.
    """
    for index, fault in enumerate(faults):
        if not isinstance(fault, kind):
            continue
        if action and getattr(fault, "action", action) != action:
            continue
        if fault.times == 1:
            del faults[index]
        elif fault.times > 1:
            faults[index] = replace(fault, times=fault.times - 1)
        return fault
    return None
