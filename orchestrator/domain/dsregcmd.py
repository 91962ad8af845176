"""Understands the output of ``dsregcmd /status``.

Source: Microsoft, "Troubleshoot devices by using the dsregcmd command".

- Both layouts: boxes with keys aligned to a column (1809 and later), and the narrow one before,
  where the tenant's fields stand in *Device State* and the token's in *User State*.
- A truth is YES, NO or unknown; a key that is not there is unknown.
- *User State* and *SSO State* describe the account that ran the command. As SYSTEM or over
  remoting they say nothing about the user, so they are unknown unless the text comes from the
  user's own session.
- Nothing is fatal, and nothing is thrown away: unknown keys, boxes and lines are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from orchestrator.domain.facts_reader import read_time

_LINE = re.compile(r"\s*([A-Za-z][A-Za-z0-9 \-]*?)\s*:\s?(.*)")
_RULE = re.compile(r"\s*\+-{3,}\+\s*")
_TITLE = re.compile(r"\s*\|(.*)\|\s*")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CLIPPED = {"dmcomplianceurl": "MdmComplianceUrl"}
_MACHINE = re.compile(r"SYSTEM|.*\\SYSTEM|.*\$", re.IGNORECASE)
_SETTLED = frozenset({"YES", "NO"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One ``key : value`` line; `section` is the title of its box, empty when it has none."""

    section: str
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStatus:
    """What the text says.

    Attributes:
        entries: every line that is a key and a value, in order.
        loose: lines that are neither, in order.
        user_session: the text comes from the signed-in user's own session.
        user: whose session that is.
    """

    entries: tuple[Entry, ...] = ()
    loose: tuple[str, ...] = ()
    user_session: bool = False
    user: str = ""

    @classmethod
    def parse(cls, text: str, *, user_session: bool = False, user: str = "") -> Self:
        """Read the text; anything at all is accepted.

        Args:
            text: what the program wrote. A last line without an end may be cut off and is only
                believed when its value is YES or NO.
            user_session: it ran in the signed-in user's session.
            user: who that is.
        """
        entries: list[Entry] = []
        loose: list[str] = []
        section = ""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for place, line in enumerate(lines):
            title = _TITLE.fullmatch(line)
            if title:
                section = title[1].strip()
            elif _RULE.fullmatch(line):
                section = "" if _opens_untitled(lines, place) else section
            elif found := _LINE.fullmatch(line):
                key = " ".join(found[1].split())
                value = found[2].strip().removeprefix(":").strip()
                if place == len(lines) - 1 and value.upper() not in _SETTLED:
                    loose.append(line)
                    continue
                key = _CLIPPED.get(key.lower(), key)
                entries.append(Entry(section=section, key=key, value=value))
            elif line.strip():
                loose.append(line.strip())
        return cls(entries=tuple(entries), loose=tuple(loose), user_session=user_session, user=user)

    def get(self, key: str) -> str | None:
        """Return the first value of a key, in any box; None when the key is not there."""
        wanted = key.lower()
        return next((entry.value for entry in self.entries if entry.key.lower() == wanted), None)

    def truth(self, key: str) -> bool | None:
        """Return YES or NO as a truth; None for anything else."""
        return {"YES": True, "NO": False}.get((self.get(key) or "").upper())

    @property
    def azure_ad_joined(self) -> bool | None:
        """Joined to Microsoft Entra ID."""
        return self.truth("AzureAdJoined")

    @property
    def domain_joined(self) -> bool | None:
        """Joined to an Active Directory domain; seen wrong on PCs away from the network."""
        return self.truth("DomainJoined")

    @property
    def enterprise_joined(self) -> bool | None:
        """Joined to an on-premises device registration service instead."""
        return self.truth("EnterpriseJoined")

    @property
    def device_id(self) -> str:
        """The directory's device id, lower case; empty when it is not known."""
        return _guid(self.get("DeviceId"))

    @property
    def tenant_id(self) -> str:
        """The tenant's id, lower case; empty when it is not known."""
        return _guid(self.get("TenantId"))

    @property
    def mdm_url(self) -> str | None:
        """The MDM enrollment URL: empty when the tenant gives none, None when it is not said."""
        return self.get("MdmUrl")

    @property
    def device_auth_status(self) -> str:
        """``SUCCESS``, ``FAILED. ...``, or empty on builds that do not say."""
        return self.get("DeviceAuthStatus") or ""

    @property
    def certificate_valid_until(self) -> datetime | None:
        """When the device's join certificate ends."""
        validity = (self.get("DeviceCertificateValidity") or "").strip("[] ")
        _, separator, end = validity.partition("--")
        return read_time(_iso(end)) if separator else None

    @property
    def join_error(self) -> str:
        """The client error code of the last failed join, as printed; empty when there is none."""
        return self.get("Client ErrorCode") or ""

    @property
    def join_tried(self) -> datetime | None:
        """When the last join was tried."""
        return read_time(_iso(self.get("Previous Registration") or ""))

    @property
    def prt(self) -> bool | None:
        """Whether the user has a primary refresh token; unknown outside the user's session."""
        if not self.user_session or self._ran_as_machine():
            return None
        return self.truth("AzureAdPrt")

    @property
    def user_name(self) -> str:
        """The UPN of the account that ran the command, when the text names one."""
        _, _, name = (self.get("Executing Account Name") or "").rpartition(",")
        return name.strip() if "@" in name else ""

    def _ran_as_machine(self) -> bool:
        account = (self.get("Executing Account Name") or self.user).partition(",")[0].strip()
        context = (self.get("User Context") or "").strip()
        return bool(_MACHINE.fullmatch(account)) or context.upper() == "SYSTEM"


def _opens_untitled(lines: list[str], place: int) -> bool:
    """Tell whether the rule opens a box that carries no title."""
    before = lines[place - 1] if place else ""
    after = lines[place + 1] if place + 1 < len(lines) else ""
    return not _TITLE.fullmatch(before) and not _TITLE.fullmatch(after)


def _guid(text: str | None) -> str:
    return text.lower() if text and _GUID.fullmatch(text) else ""


def _iso(text: str) -> str:
    return text.strip().removesuffix("UTC").strip()
