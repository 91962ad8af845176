"""Give sites whose line is strained less to do, and more again as it bears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.adaptive import SiteCap, Tally, adapt

if TYPE_CHECKING:
    from orchestrator.usecases.ports import Ports


def adapt_sites(ports: Ports) -> list[str]:
    """Look at how attempts ended since the last time and set the limits of sites; once for all.

    Returns:
        A line for each limit that was lowered or lifted; growing by one is no news.

    Raises:
        StoreError: the ledger cannot be reached.
    """
    if ports.loads is None:
        return []
    tallies, adapted = ports.loads.collect(), ports.loads.adapted()
    if not tallies and not adapted:
        return []
    limits, now, news = ports.caps.limits(), ports.clock.now(), []
    for site in sorted({*tallies, *adapted}):
        scope, before, tally = f"site:{site}", adapted.get(site), tallies.get(site, Tally())
        limit = limits.get(scope)
        after = adapt(before, tally, limit=limit, busy=ports.caps.busy(scope, now), now=now)
        if after == before:
            continue
        ours = before is not None and limit == before.now
        ports.loads.keep(site, after)
        if after is not None:
            ports.caps.limit(scope, after.now)
        elif ours and before is not None:
            ports.caps.limit(scope, before.most)
        if ours or after is not None:
            news += _news(site, before, after, tally)
    return news


def _news(site: str, before: SiteCap | None, after: SiteCap | None, tally: Tally) -> list[str]:
    if after is None:
        return [f"site {site}: as many devices at once as before; its line bears them"]
    if before is None or after.now < before.now:
        late = f"{tally.late} of {tally.ended} attempts timed out"
        return [f"site {site}: {after.now} devices at once from now on; {late}"]
    return []
