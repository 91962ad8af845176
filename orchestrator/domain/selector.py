"""Selectors: the one grammar in which devices are named, wherever devices are named.

=============================  ====================================================
``PC-0042``                    a PC
``@hosts.csv``, ``@f.csv#col`` a list in a file, and which column of it
``-``                          a list on standard input
``campaign:ID/state=failed``   devices of a campaign; also verdict=, cause=, owner=
``cause:NAME``                 devices whose newest run found this cause
``tag:site=BER``, ``tag:vip``  devices of the inventory with a tag
``!...``                       none of these
=============================  ====================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from orchestrator.domain.run_filter import RunFilter
from orchestrator.errors import InvalidInput

_KINDS = "campaign|cause|tag"
_PREFIX = re.compile(rf"((?i:{_KINDS})):(.*)|([A-Za-z][A-Za-z-]*):([^:]*)", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
HINT = "PC-0042, @hosts.csv#column, - for standard input, campaign:ID/state=failed or tag:site=BER"


class SelectorKind(StrEnum):
    """Where the devices of a selector come from."""

    NAME = "name"
    FILE = "file"
    STDIN = "stdin"
    CAMPAIGN = "campaign"
    CAUSE = "cause"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One word of a choice of devices.

    Attributes:
        text: as it was typed, without the ``!``.
        kind: where the devices come from.
        value: name, path, campaign id, or name of the tag.
        detail: column of the file, or value of the tag.
        runs: which runs of the campaign, or of all.
        exclude: none of these.
    """

    text: str
    kind: SelectorKind
    value: str = ""
    detail: str = ""
    runs: RunFilter = field(default_factory=RunFilter)
    exclude: bool = False

    @classmethod
    def parse(cls, word: str) -> Self:
        """Read a selector; names are looked at later, with those of the lists.

        Raises:
            InvalidInput: it cannot be one.
        """
        exclude = word.startswith("!")
        text = word[1:].strip() if exclude else word.strip()
        if exclude and not text:
            msg = "nothing follows the !"
            raise InvalidInput(msg, where=word, hint="!PC-0042 or !@vip.csv leaves them out")
        if text == "-":
            return cls(text=text, kind=SelectorKind.STDIN, exclude=exclude)
        if text.startswith("@"):
            path, _, column = text[1:].partition("#")
            if not path:
                msg = "no file follows the @"
                raise InvalidInput(msg, where=text, hint="@hosts.csv, or @hosts.csv#2")
            return cls(
                text=text, kind=SelectorKind.FILE, value=path, detail=column, exclude=exclude
            )
        match = _PREFIX.fullmatch(text)
        if match is None:
            return cls(text=text, kind=SelectorKind.NAME, value=text, exclude=exclude)
        kind, value = match[1] or match[3], match[2] or match[4] or ""
        return cls._known(text, kind.lower(), value.strip(), exclude=exclude)

    @classmethod
    def _known(cls, text: str, kind: str, value: str, *, exclude: bool) -> Self:
        match kind:
            case "campaign":
                campaign, slash, choice = value.partition("/")
                if not _ID.fullmatch(campaign):
                    msg = f"{campaign!r} cannot be the id of a campaign"
                    raise InvalidInput(msg, where=text, hint="campaign:ID/state=failed")
                runs = RunFilter.parse(choice, where=text) if slash else RunFilter()
                return cls(
                    text=text,
                    kind=SelectorKind.CAMPAIGN,
                    value=campaign,
                    runs=runs,
                    exclude=exclude,
                )
            case "cause":
                runs = RunFilter.parse(f"cause:{value}", where=text)
                return cls(
                    text=text, kind=SelectorKind.CAUSE, value=value, runs=runs, exclude=exclude
                )
            case "tag":
                name, _, wanted = (piece.strip() for piece in value.partition("="))
                if not name:
                    msg = "which tag?"
                    raise InvalidInput(msg, where=text, hint="tag:site=BER or tag:vip")
                return cls(
                    text=text, kind=SelectorKind.TAG, value=name, detail=wanted, exclude=exclude
                )
            case _:
                msg = f"there is no selector {kind}:"
                raise InvalidInput(msg, where=text, hint=HINT)
