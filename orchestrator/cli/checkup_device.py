"""Walk from a PC's name to a runspace on it, and name the layer that stops us.

Nothing is changed on the PC; one reading is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.cli.checkup import Report
from orchestrator.domain.facts import Facts
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    DeviceError,
    EnrollmendError,
    PolicyRefused,
    ProtocolFailure,
    QuotaExceeded,
    TlsFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.cli.checkup import Check
    from orchestrator.domain.device import DeviceName
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Ports

LAYERS = ("dns", "tcp", "tls", "auth", "endpoint", "quota", "language", "identity", "clock")
_LAYER_OF: dict[type[EnrollmendError], str] = {
    TlsFailure: "tls",
    CredentialsMissing: "auth",
    AuthenticationRefused: "auth",
    PolicyRefused: "endpoint",
    QuotaExceeded: "quota",
}
_BEFORE_SHELL = ("tls", "auth", "endpoint", "quota")
_OPEN_SECONDS = 60.0
_PROBE_SECONDS = 120.0
_SKEW = 300.0
"""Seconds of clock difference Kerberos bears (Microsoft: maximum tolerance for computer clock
synchronization, 5 minutes)."""


def check_device(
    device: DeviceName,
    settings: Settings,
    ports: Ports,
    resolve: Callable[[str], Sequence[str]],
) -> list[Check]:
    """Return the layers between us and the device.

    Args:
        device: whom.
        settings: how it is called.
        ports: session, presence and clock.
        resolve: addresses of a host name; raises `Unreachable`.
    """
    report = Report(LAYERS)
    try:
        _find(device, settings, ports, resolve, report)
        facts = _read(device, settings, ports, report)
        _judge(device, facts, ports, report)
    except (DeviceError, CredentialsMissing) as error:
        layer = next((n for kind, n in _LAYER_OF.items() if isinstance(error, kind)), "")
        reached = report.reached()
        if not layer and reached in _BEFORE_SHELL:
            layer = "endpoint"  # something answered, and it was no WinRM we can talk to
        if not layer or LAYERS.index(layer) < LAYERS.index(reached):
            layer = reached
        for name in LAYERS[LAYERS.index(reached) : LAYERS.index(layer)]:
            report.good(name, _passed(name, settings))
        report.fail(layer, error)
    return report.whole()


def _find(
    device: DeviceName,
    settings: Settings,
    ports: Ports,
    resolve: Callable[[str], Sequence[str]],
    report: Report,
) -> None:
    connection = settings.connection
    name = device.text
    if connection.dns_suffix and "." not in name:
        name = f"{name}.{connection.dns_suffix.strip('.')}"
    report.good("dns", f"{name} is {', '.join(resolve(name)[:3])}")
    start = ports.clock.monotonic()
    if not ports.presence.is_there(device):
        msg = f"nothing answers on port {connection.effective_port}"
        hint = "is the PC on, WinRM enabled (Enable-PSRemoting), and the port open in its firewall?"
        raise Unreachable(msg, host=name, hint=hint)
    took = (ports.clock.monotonic() - start) * 1000
    report.good("tcp", f"port {connection.effective_port} answers in {took:.0f} ms")


def _read(device: DeviceName, settings: Settings, ports: Ports, report: Report) -> Facts:
    with ports.sessions.open(device, seconds=_OPEN_SECONDS) as session:
        for name in _BEFORE_SHELL:
            report.good(name, _passed(name, settings))
        answers = session.invoke("Get-EnrollmentFact", {}, seconds=_PROBE_SECONDS)
    try:
        return Facts.parse(answers[0] if answers else {})
    except ValueError as error:
        raise ProtocolFailure(str(error), host=device.text) from error


def _passed(layer: str, settings: Settings) -> str:
    connection = settings.connection
    match layer:
        case "tls":
            return "trusted" if connection.tls else "not used; WinRM encrypts each message"
        case "auth":
            return f"{connection.auth} accepted"
        case "endpoint":
            return connection.configuration_name
        case _:
            return "a shell was free"


def _judge(device: DeviceName, facts: Facts, ports: Ports, report: Report) -> None:
    host = facts.host
    mode = host.language_mode if host else "unknown"
    version = f"{mode}, PowerShell {host.ps_version}" if host else mode
    if host is not None and host.elevated is False:
        report.warn("language", f"{version}, not elevated", "the account is no administrator there")
    else:
        report.good("language", version)
    found = facts.identity.computer_name if facts.identity else ""
    if found.upper() != device.key:
        msg = f"it says that it is {found or 'nobody'}"
        hint = "the DNS record of that name points to another PC"
        report.fail("identity", DeviceError(msg, host=device.text, hint=hint))
        return
    report.good("identity", found)
    if facts.collected is None:
        report.warn("clock", "the device did not say its time", "")
        return
    skew = abs((facts.collected - ports.clock.now()).total_seconds())
    if skew > _SKEW:
        hint = "Kerberos and certificates fail beyond 5 minutes: w32tm /resync on the PC"
        report.warn("clock", f"{skew:.0f} s apart from ours", hint)
    else:
        report.good("clock", f"{skew:.0f} s apart from ours")
