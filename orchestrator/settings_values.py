"""What can be set: frozen values with their defaults and limits.

- A value with a bad type or out of its limits never gets in here; `settings` sees to that.
- Nothing here is printed with a password in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from orchestrator.domain.retry import Timings

if TYPE_CHECKING:
    from collections.abc import Mapping

Count = Annotated[int, Meta(ge=1, le=100_000)]
Port = Annotated[int, Meta(ge=0, le=65_535)]
Seconds = Annotated[float, Meta(gt=0, le=31_536_000)]

TLS_BY_NATURE = ("certificate", "basic")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """How devices are called.

    Attributes:
        auth: how to log in. ``ntlm`` and ``basic`` are used only when named here.
        scheme: empty: ``https`` for certificates and Basic, else ``http`` with WinRM message
            encryption.
        port: 0: 5986 for https, 5985 for http (Microsoft: WinRM default ports).
        configuration_name: the endpoint; another than ``Microsoft.PowerShell`` is a JEA endpoint
            that has the module installed.
        ca_file: PEM file of the authorities that issued the devices' certificates; https needs it.
        dns_suffix: completes names without a dot.
        hosts_file: addresses for device names, ``address name`` a line; DNS when empty.
        transport: ``socket`` is our own, ``stock`` is pypsrp's.
        username_file, password_file: files that hold the account; empty: the environment.
        keytab_file: for ``kerberos`` without a password.
        certificate_file, key_file: the client certificate, for ``certificate``.
        allow_basic: Basic may be used, over TLS; meant for a lab.
        connect_timeout, operation_timeout: seconds.
        max_answer_bytes: a device that answers more is cut off.
    """

    auth: Literal["kerberos", "certificate", "ntlm", "negotiate", "basic"] = "kerberos"
    scheme: Literal["", "http", "https"] = ""
    port: Port = 0
    configuration_name: Annotated[str, Meta(min_length=1)] = "Microsoft.PowerShell"
    ca_file: str = ""
    dns_suffix: str = ""
    hosts_file: str = ""
    transport: Literal["socket", "stock"] = "socket"
    username_file: str = ""
    password_file: str = ""
    keytab_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    allow_basic: bool = False
    connect_timeout: Seconds = 10
    operation_timeout: Annotated[int, Meta(ge=1, le=3600)] = 60
    max_answer_bytes: Annotated[int, Meta(ge=65_536, le=1 << 30)] = 4 << 20

    @property
    def tls(self) -> bool:
        """Whether devices are called over TLS."""
        return self.scheme == "https" or (not self.scheme and self.auth in TLS_BY_NATURE)

    @property
    def effective_port(self) -> int:
        """The port devices are called on."""
        return self.port or (5986 if self.tls else 5985)

    def account_environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with the account files of these settings added.

        What the environment says about a part of the account itself wins.
        """
        added = {
            variable: path
            for variable, path in (
                ("ENROLLMEND_USERNAME_FILE", self.username_file),
                ("ENROLLMEND_PASSWORD_FILE", self.password_file),
                ("ENROLLMEND_KEYTAB", self.keytab_file),
                ("ENROLLMEND_CERTIFICATE", self.certificate_file),
                ("ENROLLMEND_CERTIFICATE_KEY", self.key_file),
            )
            if path and not {variable, variable.removesuffix("_FILE")} & environ.keys()
        }
        return {**environ, **added}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How much a worker takes on.

    Attributes:
        slots: devices worked on at once by a worker process.
        interactive_slots: slots kept for devices asked for by name.
        pool: how Celery runs them.
        queues: which queues a worker serves when it is not told.
        alive_seconds: how long a worker has to answer whether it is there.
        lease_seconds: how long a device stays reserved for a worker that is not heard of any more.
    """

    slots: Count = 100
    interactive_slots: Count = 8
    pool: Literal["threads", "gevent"] = "threads"
    queues: tuple[Literal["interactive", "bulk"], ...] = ("interactive", "bulk")
    alive_seconds: Seconds = 1
    lease_seconds: Annotated[float, Meta(ge=2, le=3600)] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """Where to stop and ask.

    Attributes:
        breaker: so many devices in a row may refuse one account; then campaigns are paused and
            it is not used any more.
        confirm_above: `fix` asks before it takes on more devices than that.
    """

    breaker: Count = 3
    confirm_above: Annotated[int, Meta(ge=0)] = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceSettings:
    """How devices that are away are looked for.

    Attributes:
        enabled: whether they are; without it they are tried when their time has come.
        every: seconds from the beginning of a round over all of them to that of the next.
        timeout: seconds a name, and then each of its addresses, may take.
        in_flight: looks under way at a time; never more than half of the files the process may
            open.
        resolvers: threads that ask for names.
    """

    enabled: bool = True
    every: Seconds = 60
    timeout: Seconds = 2
    in_flight: Count = 1000
    resolvers: Annotated[int, Meta(ge=1, le=256)] = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingsSettings:
    """The waiting times of a run, in seconds, and one factor for all of them.

    Attributes:
        pace: waits are multiplied by it: below 1 in a lab whose time runs faster. How long a call
            may take (`device_seconds`, `probe_seconds`, `open_seconds`) is left alone.
        base: the times themselves.
    """

    pace: Annotated[float, Meta(gt=0, le=10)] = 1.0
    base: Timings = field(default_factory=Timings)

    def effective(self) -> Timings:
        """Return the times with the pace applied."""
        paced: dict[str, Any] = {}
        for item in fields(Timings):
            value = getattr(self.base, item.name)
            if item.name in _UNPACED:
                continue
            if isinstance(value, tuple):
                paced[item.name] = tuple(one * self.pace for one in value)
            else:
                paced[item.name] = value * self.pace
        return replace(self.base, **paced)


_UNPACED = frozenset({"verify_looks", "device_seconds", "probe_seconds", "open_seconds"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set.

    Attributes:
        context: the chosen context; empty for none.
        source: the file that was read; empty when there is none.
        redis_url: empty: an embedded server below `state_dir`. May hold a password when it came
            from the environment, hence is never shown; `redis_shown` is.
        allow_plain_redis: Redis on another host may be spoken to without TLS.
        state_dir: where this program keeps its own files.
        own_steps_dir: folder of the site's own steps; empty for none.
        retention_days: how long runs and campaigns are kept behind their end; 0 for ever.
    """

    context: str = ""
    source: str = ""
    redis_url: str = field(default="", repr=False)
    allow_plain_redis: bool = False
    state_dir: Path = field(default_factory=lambda: Path.home() / ".local/state/enrollmend")
    own_steps_dir: str = ""
    retention_days: Annotated[int, Meta(ge=0, le=36_500)] = 30
    connection: ConnectionSettings = field(default_factory=ConnectionSettings)
    workers: WorkerSettings = field(default_factory=WorkerSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    presence: PresenceSettings = field(default_factory=PresenceSettings)
    timings: TimingsSettings = field(default_factory=TimingsSettings)

    @property
    def redis_shown(self) -> str:
        """The Redis address without its account."""
        if not self.redis_url:
            return "embedded"
        parts = urlsplit(self.redis_url)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}{parts.path}"

    @property
    def retention(self) -> timedelta | None:
        """How long what has ended is kept; None for ever."""
        return timedelta(days=self.retention_days) if self.retention_days else None

    @property
    def store_dir(self) -> Path:
        """Below which the embedded server of this context lives: contexts do not mix."""
        return self.state_dir / "contexts" / self.context if self.context else self.state_dir

    @property
    def lab_dir(self) -> Path:
        """Where a running lab writes its addresses, its CA and its context."""
        return self.state_dir / "lab"
