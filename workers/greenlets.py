"""Workers whose devices are served by greenlets: `python -m workers.greenlets`.

- gevent replaces what waits in the standard library, and can do so only before anything has taken
  it from there. The worker therefore begins again as this program, which replaces first and imports
  the rest afterwards.
- `python -m workers.greenlets worker start ...` is `enrollmend worker start ...`, and
  `python -m workers.greenlets --second 8` is `python -m workers 8`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings

_SECOND: Final = "--second"


def begin_again(settings: Settings) -> None:
    """Replace this process by one that serves with greenlets, where the settings say so.

    Returns when there is nothing to do: threads serve, or this is that process.

    Raises:
        SettingsInvalid: gevent is not installed.
    """
    if settings.workers.pool != "gevent" or is_patched():
        return
    if find_spec("gevent") is None:
        from orchestrator.errors import SettingsInvalid  # noqa: PLC0415 - nothing before gevent

        msg = "greenlets need gevent, which is not installed"
        raise SettingsInvalid(
            msg, where="workers.pool", hint="install enrollmend[gevent], or set it to threads"
        )
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "workers.greenlets", *sys.argv[1:]])  # noqa: S606 - ourselves


def is_patched() -> bool:
    """Tell whether this process serves with greenlets."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("socket"))


def second_process(slots: int) -> list[str]:
    """Return the command of the process that serves `interactive` alone, of the same kind."""
    if is_patched():
        return [sys.executable, "-m", "workers.greenlets", _SECOND, str(slots)]
    return [sys.executable, "-m", "workers", str(slots)]


def main(words: Sequence[str]) -> int:
    """Replace what waits, then run the program that is meant.

    Args:
        words: of the command line, or `--second`, a number of slots and a level of logging.
    """
    import_module("gevent.monkey").patch_all()
    if words[:1] == [_SECOND]:
        return int(import_module("workers.__main__").serve_interactive(*map(int, words[1:])))
    return int(import_module("orchestrator.cli.main").run(list(words)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
