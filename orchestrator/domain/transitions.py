"""What may follow what.

- `TRANSITIONS[state][event]` is every state a run may be in after the event; an event that is not
  listed for a state is misuse and raises.
- A final state has no way out, but for one: a settled run whose enrollment is looked at again
  stays settled.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    Cancelled,
    Event,
    FactsRead,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.run import RunState

_S = RunState
_AFTER_A_LOOK = frozenset({_S.SETTLED, _S.REPAIRING, _S.WAITING, _S.HELD})
_AFTER_A_BREAK = frozenset({_S.WAITING, _S.AWAY, _S.SETTLED})
_BEGIN = frozenset({_S.PROBING, _S.VERIFYING})
_CANCELLED = frozenset({_S.CANCELLED})

_RESTING: Mapping[type[Event], frozenset[RunState]] = {
    AttemptBegan: _BEGIN,
    AttemptBroken: _AFTER_A_BREAK,
    Cancelled: _CANCELLED,
}

_PUT_BACK: Mapping[type[Event], frozenset[RunState]] = {
    **_RESTING,
    AttemptBegan: _BEGIN | {_S.WAITING, _S.SETTLED},
}
"""A run whose workers are lost in the middle, again and again, rests longer and is given up."""

TRANSITIONS: Mapping[RunState, Mapping[type[Event], frozenset[RunState]]] = {
    _S.QUEUED: _RESTING,
    _S.WAITING: _PUT_BACK,
    _S.AWAY: _RESTING,
    _S.HELD: _RESTING,
    _S.PROBING: {
        FactsRead: _AFTER_A_LOOK,
        StageEnded: frozenset({_S.PROBING}),  # of a restore
        StagesEnded: frozenset({_S.SETTLED, _S.WAITING}),
        AttemptBroken: _AFTER_A_BREAK,
        Cancelled: _CANCELLED,
    },
    _S.REPAIRING: {
        StageEnded: frozenset({_S.REPAIRING}),
        StagesEnded: frozenset({_S.VERIFYING, _S.WAITING, _S.HELD, _S.SETTLED}),
        AttemptBroken: _AFTER_A_BREAK,
        Cancelled: _CANCELLED,
    },
    _S.VERIFYING: {
        FactsRead: _AFTER_A_LOOK,
        AttemptBroken: _AFTER_A_BREAK,
        Cancelled: _CANCELLED,
    },
    _S.SETTLED: {
        AttemptBegan: frozenset({_S.SETTLED}),
        FactsRead: frozenset({_S.SETTLED}),
        AttemptBroken: frozenset({_S.SETTLED}),
    },
    _S.CANCELLED: {},
}


class IllegalTransition(ValueError):
    """An event came to a run that cannot take it: a mistake in the program."""

    def __init__(self, state: RunState, event: type[Event], to: RunState | None = None) -> None:
        """Say which event came in which state, and where it wanted to go."""
        wanted = f" to {to.value}" if to else ""
        allowed = TRANSITIONS[state].get(event, frozenset())
        names = ", ".join(sorted(name.value for name in allowed)) or "nothing"
        super().__init__(f"{event.__name__} in {state.value}{wanted}; allowed: {names}")


def check(state: RunState, event: type[Event], to: RunState) -> RunState:
    """Return `to` when the table allows it.

    Raises:
        IllegalTransition: it does not.
    """
    if to not in TRANSITIONS[state].get(event, frozenset()):
        raise IllegalTransition(state, event, to)
    return to
