"""Which PC: names as they are typed, compared and shown.

- A name is a NetBIOS computer name or a fully qualified DNS name; an address is neither.
- Two spellings of one PC compare equal: `key` is the upper-case first label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from orchestrator.errors import InvalidInput

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
_NETBIOS_LIMIT = 15
_DNS_LIMIT = 253


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A PC's name as given: ``PC-0042`` or ``pc-0042.corp.example``."""

    text: str

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Self:
        """Accept a computer name, or say in one line what is wrong with it.

        Args:
            text: what was typed; surrounding blanks are dropped.
            where: ``file:line``, for the message.

        Raises:
            InvalidInput: empty, an address, or not a host name.
        """
        name = text.strip().rstrip(".")
        if not name:
            msg = "the device name is empty"
            raise InvalidInput(msg, where=where, hint="give a computer name such as PC-0042")
        if _ADDRESS.fullmatch(name):
            msg = f"{name!r} is an address, not a computer name"
            raise InvalidInput(
                msg,
                where=where,
                hint="the name is compared with the PC's own before anything changes; give it",
            )
        labels = name.split(".")
        if len(name) > _DNS_LIMIT or not all(_LABEL.fullmatch(label) for label in labels):
            msg = f"{name!r} is not a computer name"
            raise InvalidInput(
                msg, where=where, hint="letters, digits and hyphens; labels up to 63 characters"
            )
        if len(labels[0]) > _NETBIOS_LIMIT:
            msg = f"{labels[0]!r} has {len(labels[0])} characters; a computer name has at most 15"
            raise InvalidInput(msg, where=where)
        return cls(name)

    @property
    def key(self) -> str:
        """What identifies the PC among all spellings: the computer name in upper case."""
        return self.text.split(".", maxsplit=1)[0].upper()

    def __str__(self) -> str:
        """Show the name as it was given."""
        return self.text
