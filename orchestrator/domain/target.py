"""A device that is meant, with what its list says about it: its site and its tags.

- Sites and tags are compared without case; the spelling that came first is kept.
- A tag is a name with a value, ``floor=3``, or a name alone; `Target.tag` answers ``site`` as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from orchestrator.domain.device import DeviceName
from orchestrator.errors import InvalidInput

SITE = "site"
_LONGEST = 64
_TAG_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One device of a list.

    Attributes:
        device: which.
        site: where it is; empty when nobody said.
        tags: names with their values, sorted by name; an empty value is a name alone.
    """

    device: DeviceName
    site: str = ""
    tags: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, *, site: str = "", tags: tuple[tuple[str, str], ...] = ()) -> Self:
        """Return the target of a name that is known to be good, or is refused.

        Raises:
            InvalidInput: it is not a computer name.
        """
        return cls(device=DeviceName.parse(name), site=site, tags=tags)

    def has(self, name: str, value: str = "") -> bool:
        """Tell whether it has a tag; an empty value asks for any.

        Args:
            name: of the tag, or ``site``.
            value: what it must be, in any case.
        """
        if name.casefold() == SITE:
            return bool(self.site) and value.casefold() in {"", self.site.casefold()}
        return any(
            name.casefold() == own.casefold() and value.casefold() in {"", given.casefold()}
            for own, given in self.tags
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A device that is left alone until somebody says otherwise.

    Attributes:
        device: which.
        by, at: who said so, and when.
        reason: why, one line; may be empty.
    """

    device: DeviceName
    by: str
    at: datetime
    reason: str = ""


def parse_site(text: str, *, where: str = "") -> str:
    """Read the name of a site; a lone hyphen is none.

    Raises:
        InvalidInput: a formula, too long, or not printable.
    """
    return "" if text.strip() == "-" else _value(text, "a site", where)


def parse_tags(text: str, *, where: str = "") -> tuple[tuple[str, str], ...]:
    """Read tags: ``floor=3; vip``.

    Raises:
        InvalidInput: one of them cannot be read, or a name comes twice with different values.
    """
    tags: dict[str, tuple[str, str]] = {}
    for part in re.split(r"[;,]", text):
        if not part.strip():
            continue
        name, _, value = (piece.strip() for piece in part.partition("="))
        if not _TAG_NAME.fullmatch(name):
            msg = f"{part.strip()[:80]!r} is not a tag"
            raise InvalidInput(msg, where=where, hint="write floor=3; vip")
        tag = (name, _value(value, f"the tag {name}", where))
        if tags.setdefault(name.casefold(), tag)[1] != tag[1]:
            msg = f"the tag {name} has two values"
            raise InvalidInput(msg, where=where, hint="give one of them")
    return tuple(tags[name] for name in sorted(tags))


def _value(text: str, what: str, where: str) -> str:
    value = text.strip()
    if value.startswith(_FORMULA):
        msg = f"{value[:40]!r} is a spreadsheet formula; {what} cannot begin with {value[0]}"
        raise InvalidInput(msg, where=where, hint="export the values, not the formulas")
    if len(value) > _LONGEST or not value.isprintable():
        msg = f"{what} has at most {_LONGEST} printable characters"
        raise InvalidInput(msg, where=where)
    return value
