"""The cmdlets of the language itself, which need no device; importing registers them."""

from orchestrator.lab.powershell.core import (
    filtering,
    json_text,
    making,
    output,
    paths,
    selection,
    session,
    sorting,
    time,
)

__all__ = [
    "filtering",
    "json_text",
    "making",
    "output",
    "paths",
    "selection",
    "session",
    "sorting",
    "time",
]
