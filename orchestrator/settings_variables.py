"""Variables of the environment that look as if they were meant for this program, and are not known.

A setting whose name was mistyped would be ignored in silence: with ``ENROLLMEND_CONECTION_AUTH``
the login stays what it was. Values are never looked at; they may be secrets.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from orchestrator.settings import SETTING_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIX = "ENROLLMEND_"
_OTHERS = frozenset(
    {
        "CERTIFICATE", "CERTIFICATE_KEY", "CERTIFICATE_KEY_PASSWORD", "CONFIG", "CONTEXT",
        "EXAMPLES", "HOME", "KEYTAB", "OPERATOR", "PASSWORD", "PASSWORD_FILE", "TRACEBACK",
        "USERNAME", "USERNAME_FILE",
    }
)  # fmt: skip
# What is read elsewhere: accounts, who somebody is, where files are; EXAMPLES by `make deep`.
_KNOWN = _OTHERS | {name.replace(".", "_").upper() for name in SETTING_NAMES}
_OF_A_SERVICE = re.compile(r".*_(SERVICE_(HOST|PORT)|PORT)(_.*)?|(SERVICE_(HOST|PORT)|PORT)(_.*)?")
# Kubernetes sets these for a service of that name (Kubernetes: environment variables of services).
_NEAR = 0.8


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a line for each variable of this program's kind that nothing reads.

    Args:
        names: those of the environment.
    """
    lines: list[str] = []
    for name in sorted(names):
        bare = name.removeprefix(_PREFIX)
        if bare == name or bare in _KNOWN:
            continue
        near = difflib.get_close_matches(bare.upper(), sorted(_KNOWN), n=1, cutoff=_NEAR)
        if near:
            lines.append(f"{name} is not known and ignored; did you mean {_PREFIX}{near[0]}?")
        elif not _OF_A_SERVICE.fullmatch(bare):
            lines.append(f"{name} is not known and ignored; docs/settings.md lists what is")
    return lines
