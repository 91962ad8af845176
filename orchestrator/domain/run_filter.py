"""Which runs of a campaign are meant: ``failed,away``, ``cause:upn_unroutable``, ``owner:user``.

- Words of one kind add up, kinds narrow: ``failed,away,cause:x`` are those that failed or are
  away, and whose cause is x.
- A state, a verdict and ``needs-OWNER`` are words of the same kind: a run is in exactly one.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Self

from orchestrator.domain.causes import cause
from orchestrator.domain.findings import Owner
from orchestrator.domain.report import deciding, state_of
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.errors import InvalidInput, NotFound

_NEEDS = "needs-"
_OTHERWISE = {"offline": "away", "not-started": "queued", "already-ok": "already-enrolled"}
_STATES = {state.value: state for state in RunState}
_VERDICTS = {verdict.value.replace("_", "-"): verdict for verdict in Verdict}
_OWNERS = {owner.value: owner for owner in Owner}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """A choice among runs; an empty one takes all.

    Attributes:
        words: states, verdicts with hyphens, ``needs-OWNER``.
        causes: names of the catalogue.
        owners: who has to act.
    """

    words: frozenset[str] = field(default_factory=frozenset)
    causes: frozenset[str] = field(default_factory=frozenset)
    owners: frozenset[Owner] = field(default_factory=frozenset)

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Self:
        """Read a list of words.

        Args:
            text: words separated by commas; ``state:``, ``verdict:``, ``cause:`` and ``owner:``
                (or with ``=``) say the kind, a bare one is a state or a verdict.
            where: the option, for the message.

        Raises:
            InvalidInput: a word means nothing; says which words there are.
        """
        words: set[str] = set()
        causes: set[str] = set()
        owners: set[Owner] = set()
        for part in text.replace("=", ":").split(","):
            kind, colon, value = (piece.strip().lower() for piece in part.partition(":"))
            if not colon:
                kind, value = "state", kind
            match kind:
                case "cause":
                    causes.add(_cause(value, where))
                case "owner":
                    owners.add(_owner(value, where))
                case "state" | "verdict":
                    words.add(_word(value, where))
                case _:
                    msg = f"{kind!r} is nothing runs are chosen by"
                    hint = "state, verdict, cause or owner"
                    raise InvalidInput(msg, where=where, hint=hint)
        return cls(words=frozenset(words), causes=frozenset(causes), owners=frozenset(owners))

    def takes(self, run: Run) -> bool:
        """Tell whether a run is meant."""
        if self.words and not self._in_words(run):
            return False
        primary = deciding(run)
        if self.causes and (primary is None or primary.cause not in self.causes):
            return False
        return not self.owners or run.owner in self.owners

    def within(self) -> tuple[RunState | Verdict, ...]:
        """Return the states and verdicts that hold every run that is meant; none for all."""
        found: set[RunState | Verdict] = set()
        for word in self.words:
            if word.startswith(_NEEDS):
                found.add(Verdict.NEEDS_OWNER)
            elif word in _STATES:
                found.add(_STATES[word])
            if word in _VERDICTS:
                found.add(_VERDICTS[word])
        if RunState.SETTLED in found:
            found = {each for each in found if isinstance(each, RunState)}
        return tuple(sorted(found, key=lambda each: (isinstance(each, Verdict), each.value)))

    def _in_words(self, run: Run) -> bool:
        own = {state_of(run), run.state.value}
        if run.verdict is not None:
            own.add(run.verdict.value.replace("_", "-"))
        return not own.isdisjoint(self.words)


def _word(text: str, where: str) -> str:
    word = text.replace("_", "-")
    word = _OTHERWISE.get(word, word)
    needs = [f"{_NEEDS}{owner}" for owner in _OWNERS]
    known = [*_STATES, *_VERDICTS, *needs]
    if word in known:
        return word
    near = difflib.get_close_matches(word, known, n=1)
    msg = f"{text!r} is no state and no verdict"
    hint = f"did you mean {near[0]}?" if near else "such as failed, away, needs-user, enrolled"
    raise InvalidInput(msg, where=where, hint=hint)


def _owner(text: str, where: str) -> Owner:
    if text in _OWNERS:
        return _OWNERS[text]
    msg = f"{text!r} owns no cause"
    raise InvalidInput(msg, where=where, hint=f"one of {', '.join(_OWNERS)}")


def _cause(text: str, where: str) -> str:
    try:
        return cause(text).name
    except NotFound as error:
        raise InvalidInput(error.message, where=where, hint=error.hint) from error
