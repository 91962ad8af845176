"""Watch a campaign: lines that are redrawn on a terminal, a line a change anywhere else.

Whoever watches keeps nothing: watching can end at any time, here or by Ctrl-C, and begin again.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from orchestrator.cli import exit_codes
from orchestrator.cli.campaign_words import at_gate, exit_code, nothing_to_see, one_line
from orchestrator.cli.safe import clean
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.errors import NoWorker, QueueError
from orchestrator.usecases import campaigns
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orchestrator.cli.house import House
    from orchestrator.cli.operator import Operator
    from orchestrator.cli.terminal import Terminal
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.settings import Settings
    from orchestrator.usecases.campaigns import News
    from orchestrator.usecases.ports import Clock, Ports

_NOW_AND_THEN = timedelta(seconds=10)
_QUIET = 60.0
"""Seconds without any change after which is looked for the reason."""

FEW = 12
"""Up to so many devices what happens on each has a line."""

_BY_HAND = {
    CampaignStatus.PLANNED: "somebody has to approve it: enrollmend campaign approve FILE",
    CampaignStatus.APPROVED: "somebody has to start it: enrollmend campaign start FILE",
}
_AT_WORK = frozenset(
    {CampaignStatus.DRAFT, CampaignStatus.PLANNING, CampaignStatus.STARTING, CampaignStatus.RUNNING}
)


def watch_campaign(
    house: House,
    settings: Settings,
    ports: Ports,
    campaign_id: str,
    *,
    seconds: float,
    enough: Callable[[Overview], bool] = nothing_to_see,
) -> Overview | None:
    """Watch until there is enough seen; return where it stands then.

    Args:
        house: the terminal, and who knows the workers.
        settings: for them.
        ports: the world.
        campaign_id: which.
        seconds: how long at most; the campaign goes on after it.
        enough: whether there is nothing more to watch for.

    Returns:
        Where it stands; None when Ctrl-C ended the watching.

    Raises:
        NotFound: there is no such campaign.
        NoWorker: nobody is there to take the work up.
    """
    clock, quiet = ports.clock, _Quiet(house, settings, ports.clock)
    begun = clock.monotonic()
    looked = False
    every = 1.0 if house.terminal.live else min(5.0, seconds)
    view = campaigns.overview(campaign_id, ports)
    if enough(view):
        return view
    try:
        with _telling(house.terminal, clock.now()) as tell:
            for news in campaigns.watch(campaign_id, ports, seconds=every):
                view = news.overview
                tell(news, quiet.trouble(news))
                spent = clock.monotonic() - begun
                if enough(view) or spent >= seconds:
                    break
                if not looked and spent >= house.unheard and _untouched(view):
                    _look_for_workers(campaign_id, house, settings)
                    looked = True
    except KeyboardInterrupt:
        say_it_goes_on(house, campaign_id, "stopped watching")
        return None
    return view


def say_it_goes_on(house: House, campaign_id: str, why: str) -> None:
    """Tell that the campaign goes on, and how to see it."""
    house.terminal.say(
        f"{why}; {campaign_id} goes on. Watch it: enrollmend campaign watch {campaign_id}"
    )


def tell_end(house: House, view: Overview) -> int:
    """Show where a campaign that was watched stands; return its exit code."""
    from orchestrator.cli.views.campaigns import campaign_view  # noqa: PLC0415 - watching is done

    house.terminal.show(campaign_view(view))
    code = exit_code(view)
    campaign_id = view.campaign.id
    by_hand = _BY_HAND.get(view.campaign.status)
    if by_hand:
        house.terminal.say(by_hand)
    elif code == exit_codes.WAITING:
        say_it_goes_on(house, campaign_id, "nothing to see for now")
    elif at_gate(view):
        house.terminal.say(f"to go on: enrollmend campaign promote {campaign_id}")
    elif view.campaign.status in {CampaignStatus.PAUSED, CampaignStatus.STOPPED}:
        house.terminal.say(f"to go on after all: enrollmend campaign resume {campaign_id}")
    return code


def record(campaign_id: str, who: Operator, what: str, ports: Ports) -> None:
    """Add to the campaign's history under which account somebody acted under another name."""
    if who.name == who.account:
        return
    now, text = ports.clock.now(), f"{what} by {who.told}"
    entry = Entry(run_id="", device="", at=now, kind="note", state="", text=text)
    ports.campaigns.remark(campaign_id, entry)


class _Tell(Protocol):
    def __call__(self, news: News, trouble: str) -> None: ...


class _Quiet:
    """Finds out why nothing changes: nobody works, or Redis has no room for what they find."""

    def __init__(self, house: House, settings: Settings, clock: Clock) -> None:
        self._house, self._settings, self._clock = house, settings, clock
        self._figures = self._told = ""
        self._since = clock.monotonic()

    def trouble(self, news: News) -> str:
        """Return what has not been said yet of a quiet that lasts; empty when all is well."""
        view, now = news.overview, self._clock.monotonic()
        figures = one_line(view)
        if news.entries or figures != self._figures or view.campaign.status not in _AT_WORK:
            self._figures, self._since, self._told = figures, now, ""
            return ""
        if now - self._since < _QUIET:
            return ""
        self._since = now
        told, self._told = self._told, self._look()
        return "" if self._told == told else self._told

    def _look(self) -> str:
        try:
            alive = self._house.workers(self._settings)
        except QueueError as error:
            return f"nothing changes: {error}; {error.hint}"
        return "" if alive else "nothing changes: no worker answers"


@contextmanager
def _telling(terminal: Terminal, since: datetime) -> Iterator[_Tell]:
    if not terminal.live:
        yield _Plain(terminal, since)
        return
    from rich.live import Live  # noqa: PLC0415 - logs do without rich

    from orchestrator.cli.views.campaigns import watch_view  # noqa: PLC0415 - the same

    with Live(console=terminal.err, auto_refresh=False, transient=True) as live:

        def tell(news: News, trouble: str) -> None:
            for line in _lines(news, since, trouble):
                live.console.print(line, markup=False)
            live.update(watch_view(news.overview), refresh=True)

        yield tell


class _Plain:
    """A line for each decision, and one for the figures now and then, when they have changed."""

    def __init__(self, terminal: Terminal, since: datetime) -> None:
        self._terminal = terminal
        self._since = since
        self._last = ""
        self._next = since

    def __call__(self, news: News, trouble: str) -> None:
        decided = False
        for line in _lines(news, self._since, trouble):
            self._terminal.say(line)
            decided = True
        figures, now = one_line(news.overview), news.overview.at
        if figures != self._last and (decided or now >= self._next):
            self._terminal.say(f"{now:%H:%M:%S} {figures}")
            self._last, self._next = figures, now + _NOW_AND_THEN


def _lines(news: News, since: datetime, trouble: str) -> Iterator[str]:
    """Yield what happened: decisions, what became of a few devices, and why it is quiet."""
    few = news.overview.targets <= FEW
    for entry in news.entries:
        matters = not entry.run_id or (few and entry.kind != "note")
        if matters and entry.at >= since:
            yield entry_line(entry)
    if trouble:
        yield clean(trouble)


def entry_line(entry: Entry) -> str:
    """Return one line of a campaign's history."""
    device = f"{clean(entry.device):<15} " if entry.device else ""
    return f"{entry.at:%H:%M:%S} {device}{clean(entry.text)}"


def _untouched(view: Overview) -> bool:
    status = view.campaign.status
    return status in _AT_WORK and not view.working and not view.settled and view.until is None


def _look_for_workers(campaign_id: str, house: House, settings: Settings) -> None:
    if not house.workers(settings):
        msg = f"no worker is running; {campaign_id} stays as it is"
        raise NoWorker(msg, hint="start one: enrollmend worker start")
