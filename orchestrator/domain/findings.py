"""What was found on a device, and who can do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """Who can fix a cause."""

    DEVICE = "device"
    USER = "user"
    DIRECTORY = "directory"
    TENANT = "tenant"
    NETWORK = "network"
    NOBODY = "nobody"


class Disposition(StrEnum):
    """What we do about a cause."""

    REPAIR = "repair"  # stages on the device
    REPORT = "report"  # its owner has to act; we change nothing
    HOLD = "hold"  # a user has to sign in; the run rests and looks again
    RETRY = "retry"  # it may pass by itself; the run rests and looks again
    REBOOT = "reboot"  # the device has to restart first
    LEAVE = "leave"  # right as it is
    NOTE = "note"  # worth saying, decides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause seen on one device, with what shows it.

    Attributes:
        cause: name of an entry of the catalogue, such as ``legacy_intune_agent``.
        evidence: sentences an engineer can check on the PC, the strongest first.
        subjects: what it is about: enrollment ids, thumbprints, service names.
    """

    cause: str
    evidence: tuple[str, ...]
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything concluded from one reading of a device.

    Attributes:
        enrolled: a live, tenant-matched Intune enrollment with its certificate is there.
        findings: by weight: the first decides, the rest explain.
        last_error: the newest enrollment error code the device recorded, as uint32.
        ruled_out: ``cause: why not`` for causes that share the code.
        unknown: facts that could not be read, with the reason.
        dm_id: Intune's id of the PC (EntDMID) in its living enrollment, lower case; empty when
            there is none, or more than one.
    """

    enrolled: bool
    findings: tuple[Finding, ...] = ()
    last_error: int | None = None
    ruled_out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    dm_id: str = ""

    @property
    def primary(self) -> Finding | None:
        """The finding that decides, if there is any."""
        return self.findings[0] if self.findings else None
