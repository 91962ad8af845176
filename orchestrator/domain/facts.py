"""Everything one probe read on a device.

- A section is None when it was not read; `unread` says why. None is never taken for a no.
- An empty section, or an empty tuple, was read and there is nothing.
- Parsing never fails for the sake of one section; only a reading that is no reading at all does.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, Self

from orchestrator.domain.dsregcmd import JoinStatus
from orchestrator.domain.facts_parts import (
    Backup,
    Certificate,
    ClientScp,
    ConfigMgr,
    Enrollment,
    EventLog,
    Flags,
    ForeignAgent,
    Host,
    Identity,
    JoinInfo,
    Journal,
    LegacyClient,
    Network,
    PendingReboot,
    Policy,
    Service,
    Session,
    Status,
    System,
    Task,
    TenantInfo,
    Unread,
)
from orchestrator.domain.facts_reader import OddValue, read, read_many, read_time

FORMAT = 1
OPTIONAL = frozenset({"client_scp", "user_prt", "network", "journal", "backups"})
"""Sections that are absent because they were not asked for, or because there is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One reading. The sections are those of ``docs/module.md``.

    Attributes:
        collected: the device's own clock, UTC; None when it could not be read.
        unread: sections that are None although they should be there, and why.
        dsregcmd: ``dsregcmd /status`` as read over remoting; says nothing about the user's token.
        user_prt: the same in the signed-in user's own session.
        own: what the site's own steps read, by ``own:`` and the name of the step; judged by
            `own_steps` alone.
    """

    module: str = ""
    collected: datetime | None = None
    elapsed_ms: int = 0
    unread: tuple[Unread, ...] = ()
    identity: Identity | None = None
    host: Host | None = None
    os: System | None = None
    dsregcmd: JoinStatus | None = None
    join_info: tuple[JoinInfo, ...] | None = None
    tenant_info: tuple[TenantInfo, ...] | None = None
    client_scp: ClientScp | None = None
    policy: Policy | None = None
    flags: Flags | None = None
    enrollments: tuple[Enrollment, ...] | None = None
    tasks: tuple[Task, ...] | None = None
    task_folders: tuple[str, ...] | None = None
    certificates: tuple[Certificate, ...] | None = None
    services: tuple[Service, ...] | None = None
    legacy_client: LegacyClient | None = None
    configmgr: ConfigMgr | None = None
    foreign_agents: tuple[ForeignAgent, ...] | None = None
    events: EventLog | None = None
    join_events: EventLog | None = None
    aad_events: EventLog | None = None
    policy_events: EventLog | None = None
    session: Session | None = None
    user_prt: JoinStatus | None = None
    network: Network | None = None
    pending_reboot: PendingReboot | None = None
    journal: Journal | None = None
    backups: tuple[Backup, ...] | None = None
    own: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def parse(cls, payload: object) -> Self:
        """Read the object that ``Get-EnrollmentFact`` wrote.

        Raises:
            ValueError: it is not a reading at all; says in one line what is wrong.
        """
        if not isinstance(payload, Mapping):
            msg = "the device's reading is not an object"
            raise ValueError(msg)  # noqa: TRY004 - a wrong answer of a device, not a wrong call
        found = payload.get("format")
        if found != FORMAT:
            msg = f"the device's reading has format {str(found)[:20]!r}, not {FORMAT}"
            raise ValueError(msg)
        unread = _unread(payload.get("unread"))
        given = {item.fact for item in unread}
        sections: dict[str, Any] = {}
        for name, hint in _sections().items():
            value = payload.get(name)
            if value is None:
                if name not in OPTIONAL and name not in given:
                    unread.append(_missing(name))
                continue
            try:
                sections[name] = _section(name, hint, value)
            except OddValue as error:
                unread.append(Unread(fact=name, id="OddValue", message=str(error)))
        elapsed = payload.get("elapsed_ms")
        return cls(
            module=str(payload.get("module") or ""),
            collected=read_time(payload.get("collected")),
            elapsed_ms=elapsed if type(elapsed) is int else 0,
            unread=tuple(unread),
            own={name: value for name, value in payload.items() if name.startswith("own:")},
            **sections,
        )

    @property
    def device_id(self) -> str:
        """The directory's id of the PC, from dsregcmd; empty when it is not known."""
        return self.dsregcmd.device_id if self.dsregcmd else ""

    @property
    def tenant_id(self) -> str:
        r"""The tenant the PC is joined to, lower case; empty when it is not known.

        Taken from dsregcmd, else from ``CloudDomainJoin\JoinInfo`` when that names one tenant.
        """
        if self.dsregcmd and self.dsregcmd.tenant_id:
            return self.dsregcmd.tenant_id
        tenants = {info.tenant_id.lower() for info in self.join_info or () if info.tenant_id}
        return tenants.pop() if len(tenants) == 1 else ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """A line for each section that could not be read."""
        return tuple(
            f"{item.fact}: {item.message or item.id or 'not read'}" for item in self.unread
        )


_PLAIN = frozenset({"module", "collected", "elapsed_ms", "unread", "own"})


@cache
def _sections() -> dict[str, Any]:
    hints = typing.get_type_hints(Facts)
    return {item.name: hints[item.name] for item in fields(Facts) if item.name not in _PLAIN}


def _section(name: str, hint: Any, value: object) -> object:  # noqa: ANN401 - a type
    kind = next(part for part in typing.get_args(hint) if part is not type(None))
    if kind is JoinStatus:
        return _status(name, value)
    if typing.get_origin(kind) is tuple:
        item = typing.get_args(kind)[0]
        if item is Enrollment:
            value = apart(value)
        return _texts(name, value) if item is str else read_many(item, value, name)
    return read(kind, value, name)


def apart(value: object) -> object:
    """Give each id of a list of enrollments an entry of its own: those alike share one.

    What is not such a list is returned as it is, for the reader to refuse.
    """
    items = [value] if isinstance(value, Mapping) else value
    if not isinstance(items, list):
        return value
    spread: list[object] = []
    for item in items:
        ids = item.get("ids") if isinstance(item, Mapping) else None
        if isinstance(ids, list):
            rest = {name: part for name, part in item.items() if name != "ids"}
            spread.extend({"id": each, **rest} for each in ids)
        else:
            spread.append(item)
    return spread


def _status(name: str, value: object) -> JoinStatus:
    status = read(Status, value, name)
    parsed = JoinStatus.parse(status.text, user_session=name == "user_prt", user=status.user)
    if not parsed.entries:
        msg = f"{name}: no line of what dsregcmd wrote could be understood"
        raise OddValue(msg)
    return parsed


def _texts(name: str, value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        msg = f"{name} is not a list of texts"
        raise OddValue(msg)
    return tuple(items)


def _missing(name: str) -> Unread:
    return Unread(fact=name, id="Missing", message="the device did not report it")


def _unread(value: object) -> list[Unread]:
    try:
        return list(read_many(Unread, value, "unread")) if value is not None else []
    except OddValue as error:
        return [Unread(fact="unread", id="OddValue", message=str(error))]
