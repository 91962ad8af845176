"""The options of `campaign plan` become the policy of a campaign; all that is wrong at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from orchestrator.cli.durations import seconds
from orchestrator.domain.campaign import CampaignPolicy
from orchestrator.domain.campaign_rules import usual_budget, waves_of
from orchestrator.domain.causes import CAUSES, cause
from orchestrator.domain.retry import Fault
from orchestrator.domain.run import Verdict
from orchestrator.domain.share import Share
from orchestrator.domain.wave import WavePolicy
from orchestrator.domain.window import parse_windows
from orchestrator.errors import InvalidInput, InvalidInputs, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.domain.target import Target

_Given = TypeVar("_Given")
_Read = TypeVar("_Read")
_ONE = Share(value="1")
_FAULTS = frozenset(fault.value for fault in Fault) | {Verdict.IDENTITY_MISMATCH.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOptions:
    """What was typed, as it was typed."""

    wave: str = "5,50,10%,100%"
    bake: str = "20m"
    max_failures: str = ""
    cause_budget: Sequence[str] = ()
    parallel: int = 200
    per_site: int | None = None
    window: str | None = None
    site_window: Sequence[str] = ()
    offline_deadline: str = "14d"
    gate: Sequence[int] = ()
    allow_unseen: bool = False


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Keeps what is wrong with one option while the others are read."""

    problems: list[InvalidInput] = field(default_factory=list)

    def read(self, otherwise: _Read, how: Callable[[], _Read]) -> _Read:
        try:
            return how()
        except InvalidInput as problem:
            self.problems.append(problem)
            return otherwise

    def each(self, given: Sequence[_Given], how: Callable[[_Given], _Read]) -> tuple[_Read, ...]:
        found: list[_Read] = []
        for one in given:
            try:
                found.append(how(one))
            except InvalidInput as problem:
                self.problems.append(problem)
        return tuple(found)

    def finish(self) -> None:
        if self.problems:
            raise self.problems[0] if len(self.problems) == 1 else InvalidInputs(self.problems)


def read_policy(options: PolicyOptions) -> CampaignPolicy:
    """Return the policy; sites and sizes are looked at by `check_policy`, once devices are known.

    Raises:
        InvalidInput: the one option that cannot be used.
        InvalidInputs: several cannot.
    """
    reading = _Reading()
    waves = reading.each(
        options.wave.split(",") if options.wave.strip() else [],
        lambda text: Share.parse(text, where="--wave"),
    )
    if not waves and not reading.problems:
        reading.problems.append(
            InvalidInput("there is no wave", where="--wave", hint="write 5,50,10%,100%")
        )
    wrong = [number for number in options.gate if not 1 <= number <= max(1, len(waves))]
    if wrong:
        msg = f"there is no wave {wrong[0]}"
        hint = f"there are {len(waves)}; the last one repeats until all devices are released"
        reading.problems.append(InvalidInput(msg, where="--gate", hint=hint))
    policy = CampaignPolicy(
        spread=WavePolicy(
            waves=waves,
            bake_seconds=reading.read(0.0, lambda: _bake(options.bake)),
            max_failures=reading.read(_ONE, lambda: _budget(options.max_failures)),
            cause_failures=reading.each(options.cause_budget, _cause_budget),
            max_parallel=options.parallel,
            gates=tuple(sorted(set(options.gate))),
        ),
        site_most=options.per_site,
        window=""
        if options.window is None
        else reading.read("", lambda: _window(str(options.window), "--window")),
        site_windows=_once_a_site(reading, reading.each(options.site_window, _site_window)),
        patience_seconds=reading.read(
            0.0, lambda: seconds(options.offline_deadline, where="--offline-deadline")
        ),
        unseen_allowed=options.allow_unseen,
    )
    reading.finish()
    return policy


def read_budgets(
    max_failures: str, cause_budget: Sequence[str]
) -> tuple[Share | None, tuple[tuple[str, Share], ...]]:
    """Return the budgets of `campaign resume`; None for the one that was planned.

    Raises:
        InvalidInput: one cannot be used.
        InvalidInputs: several cannot.
    """
    reading = _Reading()
    given = [max_failures] if max_failures else []
    total = reading.each(given, lambda text: Share.parse(text, where="--max-failures"))
    by_cause = reading.each(cause_budget, _cause_budget)
    reading.finish()
    return (total[0] if total else None), by_cause


def check_policy(
    policy: CampaignPolicy, targets: Sequence[Target], *, own_budget: bool
) -> CampaignPolicy:
    """Return the policy for these devices, with the sites spelled as the list spells them.

    Args:
        policy: as `read_policy` returned it.
        targets: the devices.
        own_budget: somebody set a failure budget; otherwise it is the usual one.

    Raises:
        InvalidInput: a share comes to nothing, or no device is at a site that has a window.
        InvalidInputs: several are so.
    """
    reading = _Reading()
    total = len(targets)
    if not own_budget:
        usual = replace(policy.spread, max_failures=usual_budget(total))
        policy = replace(policy, spread=usual)
    spread = policy.spread
    try:
        waves_of(policy, total)
    except InvalidInput as problem:
        reading.problems.append(InvalidInput(problem.message, where="--wave", hint=problem.hint))
    shares = [("--max-failures", spread.max_failures)]
    shares += [(f"--cause-budget {name}", share) for name, share in spread.cause_failures]
    reading.each(shares, lambda named: named[1].of(total, where=named[0]))
    sites = {target.site.casefold(): target.site for target in targets if target.site}
    windows = reading.each(policy.site_windows, lambda pair: _known_site(*pair, sites))
    reading.finish()
    return replace(policy, site_windows=windows)


def _known_site(name: str, window: str, sites: Mapping[str, str]) -> tuple[str, str]:
    site = sites.get(name.casefold())
    if site is None:
        known = ", ".join(sorted(sites.values())[:12]) or "none; give it a column named site"
        msg = f"no device is at the site {name!r}"
        raise InvalidInput(msg, where="--site-window", hint=f"sites of the list: {known}")
    return site, window


def _bake(text: str) -> float:
    return 0.0 if text.strip() in {"0", "0s", "0m"} else seconds(text, where="--bake")


def _budget(text: str) -> Share:
    return Share.parse(text, where="--max-failures") if text else _ONE


def _window(text: str, where: str) -> str:
    if not parse_windows(text, where=where):  # such as a variable of a shell that is not set
        msg = f"{text!r} is not a window"
        hint = "write Mon-Fri 18:00-06:00 Europe/Berlin; without the option it is always allowed"
        raise InvalidInput(msg, where=where, hint=hint)
    return text.strip()


def _once_a_site(
    reading: _Reading, windows: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    seen: set[str] = set()
    for site, _ in windows:
        if site.casefold() in seen:
            msg = f"the site {site!r} has two windows"
            hint = f'name it once: --site-window {site}="Mon 18:00-22:00 UTC; Sat 08:00-20:00 UTC"'
            reading.problems.append(InvalidInput(msg, where="--site-window", hint=hint))
        seen.add(site.casefold())
    return tuple(windows)


def _site_window(text: str) -> tuple[str, str]:
    site, equals, window = (part.strip() for part in text.partition("="))
    if not (site and equals and window):
        msg = f"{text!r} says no site and window"
        hint = 'write --site-window BER="Mon-Fri 18:00-06:00 Europe/Berlin"'
        raise InvalidInput(msg, where="--site-window", hint=hint)
    return site, _window(window, f"--site-window {site}")


def _cause_budget(text: str) -> tuple[str, Share]:
    name, equals, share = (part.strip() for part in text.partition("="))
    if not (name and equals and share):
        msg = f"{text!r} says no cause and budget"
        hint = "write --cause-budget legacy_intune_agent=5"
        raise InvalidInput(msg, where="--cause-budget", hint=hint)
    if name not in _FAULTS and name not in CAUSES:
        try:
            name = cause(name).name
        except NotFound as error:
            raise InvalidInput(error.message, where="--cause-budget", hint=error.hint) from error
    return name, Share.parse(share, where=f"--cause-budget {name}")
