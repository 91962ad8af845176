"""Look at one layer after another until one fails, and name it.

- A layer above a failed one is not looked at: its failure would be the same one again.
- Nothing is changed, here or on a device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.cli.words import counted
from orchestrator.errors import EnrollmendError, NoWorker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.cli.house import House
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Ports


class Health(StrEnum):
    """How a layer is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "not looked at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One layer and how it is.

    Attributes:
        layer: its name.
        health: how it is.
        text: what was seen, one line.
        hint: what to do about it.
        exit_code: for a failed one.
    """

    layer: str
    health: Health
    text: str
    hint: str = ""
    exit_code: int = 0


@dataclass(slots=True)
class Report:
    """The layers looked at so far; after a failure the rest is only named."""

    layers: tuple[str, ...]
    checks: list[Check] = field(default_factory=list)

    def good(self, layer: str, text: str) -> None:
        """Note a layer that is well."""
        self.checks.append(Check(layer=layer, health=Health.OK, text=text))

    def warn(self, layer: str, text: str, hint: str) -> None:
        """Note a layer that works and still needs somebody's attention."""
        self.checks.append(Check(layer=layer, health=Health.WARNING, text=text, hint=hint))

    def fail(self, layer: str, error: EnrollmendError) -> None:
        """Note the layer that failed."""
        self.checks.append(
            Check(
                layer=layer,
                health=Health.FAILED,
                text=str(error),
                hint=error.hint,
                exit_code=error.exit_code,
            )
        )

    def reached(self) -> str:
        """Return the layer nobody has looked at yet, or the last."""
        seen = {check.layer for check in self.checks}
        return next((name for name in self.layers if name not in seen), self.layers[-1])

    def whole(self) -> list[Check]:
        """Return all layers in their order, those nobody came to as well."""
        by_name = {check.layer: check for check in self.checks}
        return [
            by_name.get(name) or Check(layer=name, health=Health.SKIPPED, text="")
            for name in self.layers
        ]


CONTROLLER = ("settings", "redis", "workers", "clock")


def check_controller(house: House) -> tuple[list[Check], Settings | None, Ports | None]:
    """Look at settings, Redis, workers and the clock.

    Returns:
        The layers, and what a look at a device needs; None where it could not be had.
    """
    report = Report(CONTROLLER)
    settings: Settings | None = None
    ports: Ports | None = None
    try:
        settings = house.settings()
        report.good("settings", _settings_line(settings))
        ports = house.connect(settings)
        version, theirs = house.store(settings)
        skew = (theirs - ports.clock.now()).total_seconds()
        start = ports.clock.monotonic()
        ports.runs.recent(1)
        took = (ports.clock.monotonic() - start) * 1000
        report.good("redis", f"{settings.redis_shown}, {version}, answers in {took:.1f} ms")
        _check_workers(house, settings, report)
        _check_clock(abs(skew), report)
    except EnrollmendError as error:
        report.fail(report.reached(), error)
    return report.whole(), settings, ports


def exit_code(checks: Sequence[Check]) -> int:
    """Return the exit code of the first layer that failed, or 0."""
    return next((check.exit_code for check in checks if check.health is Health.FAILED), 0)


def _settings_line(settings: Settings) -> str:
    context = f"context {settings.context}" if settings.context else "no context"
    connection = settings.connection
    scheme = "https" if connection.tls else "http, messages encrypted"
    call = f"{connection.auth} over {scheme}, port {connection.effective_port}"
    return f"{settings.source or 'no file, built-in values'}; {context}; {call}"


def _check_workers(house: House, settings: Settings, report: Report) -> None:
    names = house.workers(settings)
    if not names:
        msg = "no worker answers"
        raise NoWorker(msg, hint="enrollmend worker start")
    report.good("workers", f"{counted(len(names), 'worker')}: {', '.join(names[:5])}")


def _check_clock(skew: float, report: Report) -> None:
    if skew > 1:
        hint = "synchronise both: due times and leases are kept by the worker's clock"
        report.warn("clock", f"{skew:.1f} s apart from the store's", hint)
    else:
        report.good("clock", f"{skew * 1000:.0f} ms apart from the store's")
