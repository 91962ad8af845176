"""How many devices of a site are worked on at once, by how its line bears it.

- A site whose attempts begin to time out gets half as much; each calm period gives one back.
- One bad device halves nothing: it takes several, and a share of all that ended.
- After a halving nothing is judged until what was begun before it has had time to end.
- What an operator set is the most; where nobody set anything, the limit goes away again once it
  does not limit any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How attempts at a site ended since the last look.

    Attributes:
        ended: attempts that reached the device, whatever came of them.
        late: of them, those whose line broke or whose device fell silent.
    """

    ended: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCap:
    """A site's limit as it was last adapted.

    Attributes:
        now: devices at once.
        most: what the operator allows; None for no limit.
        halved: when it was halved last.
    """

    now: int
    most: int | None
    halved: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When to give way.

    Attributes:
        share: part of the attempts that ended late from which a site counts as strained.
        at_least: late attempts below which nothing is concluded.
        floor: a limit is never made lower than this.
        settle_seconds: after a halving, how long nothing is judged.
        lift_above: a limit nobody set goes away when it has grown to this.
    """

    share: float = 0.2
    at_least: int = 3
    floor: int = 1
    settle_seconds: float = 60
    lift_above: int = 200


def adapt(
    cap: SiteCap | None,
    tally: Tally,
    *,
    limit: int | None,
    busy: int,
    now: datetime,
    rule: Rule | None = None,
) -> SiteCap | None:
    """Return a site's next limit; None when it needs none of ours.

    Args:
        cap: what was decided last; None when the site is as the operator set it.
        tally: how attempts ended since then.
        limit: the limit that is set at this moment; when it is not the one decided last, the
            operator has set it since, and it is the new most.
        busy: devices of the site that are worked on now.
        now: the time of the decision.
        rule: when to give way; the built-in one when None.
    """
    rule = rule or Rule()
    if cap is not None and limit != cap.now:
        cap = None
    most = limit if cap is None else cap.most
    strained = tally.late >= rule.at_least and tally.late >= rule.share * tally.ended
    if strained:
        return _halved(cap, most, tally=tally, limit=limit, busy=busy, now=now, rule=rule)
    if cap is None:
        return None
    if _settling(cap, now, rule):
        return cap
    grown = cap.now + 1
    if grown >= (rule.lift_above if most is None else most):
        return None
    return SiteCap(now=grown, most=most, halved=cap.halved)


def _halved(
    cap: SiteCap | None,
    most: int | None,
    *,
    tally: Tally,
    limit: int | None,
    busy: int,
    now: datetime,
    rule: Rule,
) -> SiteCap:
    if cap is not None and _settling(cap, now, rule):
        return cap
    # Without a limit, what was going on just now is what was too much.
    going_on = max(busy, tally.late) if limit is None else limit
    return SiteCap(now=max(rule.floor, going_on // 2), most=most, halved=now)


def _settling(cap: SiteCap, now: datetime, rule: Rule) -> bool:
    return now - cap.halved < timedelta(seconds=rule.settle_seconds)
