"""Objects of .NET that static members give: encodings, a stopwatch, the culture, folders.

Source: the .NET Framework 4.8 reference.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import to_number
from orchestrator.lab.powershell.netformat import format_value
from orchestrator.lab.powershell.objects import (
    Int64,
)
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict, ComputedDict, PSObject, Refusal

if TYPE_CHECKING:
    from orchestrator.lab.powershell.runtime import Scope


def _to_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else bytes(round(to_number(item)) for item in value)  # type: ignore[attr-defined]


def _identity(scope: Scope) -> object:
    maker = getattr(scope.runtime.machine, "windows_identity", None)
    if maker is None:
        msg = "[System.Security.Principal.WindowsIdentity]::GetCurrent on this machine"
        raise Refusal(msg)
    return maker()


def culture_of(scope: Scope) -> str:
    """Return the name of the session's culture."""
    return str(getattr(scope.runtime.machine, "culture", "en-US"))


def written(scope: Scope, value: object, pattern: object = "", culture: object = None) -> str:
    """Return ``value.ToString(format, culture)``; the culture may stand alone."""
    if isinstance(pattern, PSObject):
        pattern, culture = "", pattern
    given = culture.properties.get("Name") if isinstance(culture, PSObject) else culture_of(scope)
    return format_value(value, to_text(pattern), to_text(given))


def _culture(scope: Scope) -> PSObject:
    name = culture_of(scope)
    fields: CaseDict[object] = CaseDict({"Name": name})
    return PSObject("System.Globalization.CultureInfo", fields, text=name)


class _Watch(ComputedDict[object]):
    """The properties of a running stopwatch, read from the machine's clock."""

    __slots__ = ("scope", "start")

    def __init__(self, scope: Scope) -> None:
        super().__init__({"ElapsedMilliseconds": 0, "Elapsed": timedelta(0), "IsRunning": True})
        self.scope = scope
        self.start = scope.runtime.machine.now()

    def __getitem__(self, key: str) -> object:
        elapsed = self.scope.runtime.machine.now() - self.start
        if key.lower() == "elapsedmilliseconds":
            return Int64(elapsed // timedelta(milliseconds=1))
        return elapsed if key.lower() == "elapsed" else super().__getitem__(key)


def stopwatch(scope: Scope) -> PSObject:
    """Make a running ``Stopwatch`` on the virtual clock."""
    made = PSObject("System.Diagnostics.Stopwatch", _Watch(scope))
    made.methods["Stop"] = lambda: None
    return made


def _no_create() -> object:
    msg = "[scriptblock]::Create: code made of text"
    raise Refusal(msg)


def _folder(name: str) -> str:
    known = {
        "commonapplicationdata": "C:\\ProgramData",
        "system": "C:\\Windows\\system32",
        "windows": "C:\\Windows",
        "programfiles": "C:\\Program Files",
        "programfilesx86": "C:\\Program Files (x86)",
    }
    if name.lower() not in known:
        msg = f"special folder {name}"
        raise Refusal(msg)
    return known[name.lower()]


def encoding(name: str) -> PSObject:
    """Make a text encoding."""
    made = PSObject("System.Text.Encoding")
    made.methods["GetBytes"] = lambda text: to_text(text).encode(name, "replace")
    made.methods["GetString"] = lambda data: _to_bytes(data).decode(name, "replace")
    return made
