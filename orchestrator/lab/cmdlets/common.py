"""What all Windows cmdlets share: the seat they act on, error ids, wildcards, objects."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.device_seat import Seat
from orchestrator.lab.faults import FailOperation
from orchestrator.lab.powershell.values import CaseDict, PSObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.lab.device import Device
    from orchestrator.lab.powershell.registry import Call

# Classes that are not named Verb+Noun+Command below Microsoft.PowerShell.Commands.
_FUNCTIONS = re.compile(r"-(ScheduledTask|NetConnection|DnsName)")


def full_id(command: str, error_id: str) -> str:
    """Return a FullyQualifiedErrorId as Windows writes it for a cmdlet or CDXML function."""
    if _FUNCTIONS.search(command):
        return f"{error_id},{command}"
    return f"{error_id},Microsoft.PowerShell.Commands.{command.replace('-', '')}Command"


def seat_on(call: Call) -> Seat:
    """Return the seat a cmdlet runs on."""
    machine = call.machine
    seat: Seat = machine if isinstance(machine, Seat) else machine.seat
    return seat


def seat_of(call: Call) -> Seat:
    """Return the seat a cmdlet runs on, after counting the call and letting a fault strike."""
    seat = seat_on(call)
    device = seat.device
    device.settle(seat.lab_now())
    device.asked[call.name] += 1
    if not device.faults:
        return seat
    for index, fault in enumerate(device.faults):
        if isinstance(fault, FailOperation) and fault.operation.lower() == call.name.lower():
            if device.asked[call.name] <= fault.after:
                continue
            if fault.times == 1:
                del device.faults[index]
            raise call.fail(
                full_id(call.name, fault.error_id),
                fault.message,
                category="PermissionDenied",
                exception="System.UnauthorizedAccessException",
            )
    return seat


def device_of(call: Call) -> Device:
    """Return the PC a cmdlet runs on."""
    return seat_of(call).device


def fail(
    call: Call,
    error_id: str,
    message: str,
    *,
    category: str = "NotSpecified",
    exception: str = "System.Exception",
    target: object = None,
) -> Exception:
    """Make a terminating error with the id Windows would write."""
    return call.fail(
        full_id(call.name, error_id),
        message,
        category=category,
        exception=exception,
        target=target,
    )


def error(
    call: Call,
    error_id: str,
    message: str,
    *,
    category: str = "NotSpecified",
    exception: str = "System.Exception",
    target: object = None,
) -> None:
    """Write a non-terminating error with the id Windows would write."""
    call.error(
        full_id(call.name, error_id),
        message,
        category=category,
        exception=exception,
        target=target,
    )


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> Callable[[str], bool]:
    """Return a case-insensitive test for a PowerShell wildcard: ``*``, ``?``, ``[a-z]``."""
    if pattern.isascii() and not has_wildcard(pattern):
        wanted = pattern.lower()
        return lambda name: name.lower() == wanted
    text = "".join(
        ".*"
        if part == "*"
        else "."
        if part == "?"
        else part
        if part.startswith("[") and part.endswith("]")
        else re.escape(part)
        for part in re.findall(r"\[[^\]]+\]|.", pattern, re.DOTALL)
    )
    expression = re.compile(text, re.IGNORECASE | re.DOTALL)
    return lambda name: expression.fullmatch(name) is not None


def has_wildcard(text: str) -> bool:
    """Tell whether a text is a pattern."""
    return "*" in text or "?" in text or "[" in text


def make(
    type_name: str,
    properties: Mapping[str, object],
    *,
    methods: Mapping[str, Callable[..., object]] | None = None,
    native: object = None,
    text: str = "",
) -> PSObject:
    """Make an object with closed, read-only members."""
    return PSObject(
        type_name,
        CaseDict(properties),
        CaseDict(methods),
        native=native,
        text=text,
    )


def paths_of(call: Call) -> list[tuple[str, bool]]:
    """Return the paths a cmdlet was given, each with whether it is literal."""
    literal = call.get("LiteralPath")
    if literal is not None:
        return [(str(path), True) for path in literal]
    given = call.get("Path") or []
    return [(str(path), not has_wildcard(str(path))) for path in given]
