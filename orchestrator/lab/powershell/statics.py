"""Static members and constructors of .NET types, from a short list.

Source: the .NET Framework 4.8 reference. Anything else is refused.
"""

from __future__ import annotations

import base64
import math
import ntpath
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.lab.powershell.constrained import check_method
from orchestrator.lab.powershell.constructors import construct
from orchestrator.lab.powershell.convert import cast, to_number
from orchestrator.lab.powershell.members import failure_exception, invocation_error, run_method
from orchestrator.lab.powershell.members_error import category_value
from orchestrator.lab.powershell.members_time import file_time
from orchestrator.lab.powershell.net_objects import (
    _culture,
    _folder,
    _identity,
    _no_create,
    _to_bytes,
    culture_of,
    encoding,
    stopwatch,
)
from orchestrator.lab.powershell.netformat import format_date
from orchestrator.lab.powershell.objects import (
    EnumValue,
    Guid,
    Int64,
    TypeRef,
    UInt32,
    UInt64,
)
from orchestrator.lab.powershell.operators import normal
from orchestrator.lab.powershell.parsing import parse_date, parse_guid, parse_number, parse_timespan
from orchestrator.lab.powershell.text import to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, MethodFailure, PSObject, Refusal

if TYPE_CHECKING:
    from orchestrator.lab.powershell.runtime import Scope

Static = Callable[..., object]
_HEXADECIMAL, _DECIMAL = 16, 10
_ENUMS: Final = {
    "System.StringComparison": "CurrentCulture CurrentCultureIgnoreCase InvariantCulture"
    " InvariantCultureIgnoreCase Ordinal OrdinalIgnoreCase",
    "System.StringSplitOptions": "None RemoveEmptyEntries",
    "System.DateTimeKind": "Unspecified Utc Local",
    "System.Management.Automation.ActionPreference": "SilentlyContinue Stop Continue Inquire"
    " Ignore Suspend",
    "System.Security.Principal.WindowsBuiltInRole": "Administrator User Guest",
    "System.Globalization.DateTimeStyles": "None AllowLeadingWhite AllowTrailingWhite"
    " AllowInnerWhite AllowWhiteSpaces NoCurrentDateDefault AdjustToUniversal AssumeLocal"
    " AssumeUniversal RoundtripKind",
    "System.Globalization.NumberStyles": "None Integer HexNumber",
    "System.StringComparer": "Ordinal OrdinalIgnoreCase InvariantCultureIgnoreCase",
    "System.EnvironmentVariableTarget": "Process User Machine",
}
_LIMITS: Final[dict[str, tuple[object, object]]] = {
    "System.Int32": (-(2**31), 2**31 - 1),
    "System.Int64": (Int64(-(2**63)), Int64(2**63 - 1)),
    "System.UInt32": (UInt32(0), UInt32(2**32 - 1)),
    "System.UInt64": (UInt64(0), UInt64(2**64 - 1)),
    "System.DateTime": (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ),
    "System.TimeSpan": (timedelta.min, timedelta.max),
}


def _join_path(*parts: object) -> str:
    return ntpath.join(*[to_text(part) for part in parts]) if parts else ""


def _round(value: object, digits: object = 0) -> object:
    places = round(to_number(digits)) if not isinstance(digits, str) else 0
    return round(float(to_number(value)), places)


def _from_base64(text: object) -> bytes:
    try:
        return base64.b64decode(to_text(text), validate=True)
    except ValueError as error:
        msg = "The input is not a valid Base-64 string."
        raise MethodFailure(msg, exception="System.FormatException") from error


def _based(target: str) -> Static:
    def convert(value: object, base: object = 10) -> object:
        if base == _HEXADECIMAL:
            number = int(to_text(value), 16)
            if target == "System.Int32" and number >= 2**31:
                number -= 2**32
            return cast(number, TypeRef(target))
        return cast(value, TypeRef(target))

    return convert


def _to_text_base(value: object, base: object = 10) -> str:
    if base == _DECIMAL or not isinstance(base, int):
        return to_text(value)
    number = round(to_number(value))
    number += 0 if number >= 0 else 2**32
    return {16: f"{number:x}", 2: f"{number:b}", 8: f"{number:o}"}[base]


def _parse_exact(text: object, pattern: object, *_: object) -> datetime:
    fields = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
    layout = re.sub(r"yyyy|MM|dd|HH|mm|ss", lambda found: fields[found[0]], to_text(pattern))
    layout = layout.replace("'", "").replace("\\", "").replace("K", "%z")
    try:
        found = datetime.strptime(to_text(text), layout)  # noqa: DTZ007 - made aware below
    except ValueError as error:
        msg = "String was not recognized as a valid DateTime."
        raise MethodFailure(msg, exception="System.FormatException") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _parse_date(text: object, *_: object) -> datetime:
    found = parse_date(to_text(text))
    if found is None:
        msg = "String was not recognized as a valid DateTime."
        raise MethodFailure(msg, exception="System.FormatException")
    return found


def _null_or_empty(value: object) -> bool:
    return value is None or to_text(value) == ""


_PLAIN: Final[dict[str, Static]] = {
    "string::isnullorempty": _null_or_empty,
    "string::isnullorwhitespace": lambda value: value is None or not to_text(value).strip(),
    "string::join": lambda mark, *items: to_text(mark).join(
        to_text(item)
        for item in (items[0] if len(items) == 1 and isinstance(items[0], list) else items)
    ),
    "string::concat": lambda *items: "".join(to_text(item) for item in items),
    "string::equals": lambda left, right, mode="": (
        to_text(left).lower() == to_text(right).lower()
        if "ignorecase" in to_text(mode).lower()
        else left == right
    ),
    "string::compare": lambda left, right, mode=False: _compare(left, right, mode),
    "guid::parse": lambda text: cast(text, TypeRef("System.Guid")),
    "math::abs": lambda value: abs(to_number(value)),
    "math::ceiling": lambda value: float(math.ceil(to_number(value))),
    "math::floor": lambda value: float(math.floor(to_number(value))),
    "math::truncate": lambda value: float(math.trunc(to_number(value))),
    "math::max": lambda left, right: normal(max(to_number(left), to_number(right)), left, right),
    "math::min": lambda left, right: normal(min(to_number(left), to_number(right)), left, right),
    "math::pow": lambda left, right: float(to_number(left)) ** to_number(right),
    "math::round": _round,
    "convert::frombase64string": _from_base64,
    "convert::tobase64string": lambda value: base64.b64encode(_to_bytes(value)).decode(),
    "convert::toint32": _based("System.Int32"),
    "convert::toint64": _based("System.Int64"),
    "convert::touint32": _based("System.UInt32"),
    "convert::touint64": _based("System.UInt64"),
    "convert::tobyte": _based("System.Byte"),
    "convert::tostring": _to_text_base,
    "convert::toboolean": lambda value: cast(value, TypeRef("System.Boolean")),
    "convert::todatetime": _parse_date,
    "datetime::parse": _parse_date,
    "datetime::parseexact": _parse_exact,
    "datetime::fromfiletime": file_time,
    "datetime::fromfiletimeutc": file_time,
    "datetime::specifykind": lambda at, _kind: at,
    "timespan::fromseconds": lambda value: timedelta(seconds=to_number(value)),
    "timespan::fromminutes": lambda value: timedelta(minutes=to_number(value)),
    "timespan::fromhours": lambda value: timedelta(hours=to_number(value)),
    "timespan::fromdays": lambda value: timedelta(days=to_number(value)),
    "timespan::frommilliseconds": lambda value: timedelta(milliseconds=to_number(value)),
    "io.path::combine": _join_path,
    "io.path::getfilename": lambda path: ntpath.basename(to_text(path)),
    "io.path::getfilenamewithoutextension": lambda path: ntpath.splitext(
        ntpath.basename(to_text(path))
    )[0],
    "io.path::getextension": lambda path: ntpath.splitext(to_text(path))[1],
    "io.path::getdirectoryname": lambda path: ntpath.dirname(to_text(path)),
    "io.path::ispathrooted": lambda path: bool(
        ntpath.splitdrive(to_text(path))[0] or to_text(path).startswith("\\")
    ),
    "text.regularexpressions.regex::escape": lambda text: re.sub(
        r"([\\*+?|{\[()^$.#\s])", r"\\\1", to_text(text)
    ),
    "bitconverter::touint32": lambda data, at: UInt32(int.from_bytes(data[at : at + 4], "little")),
    "bitconverter::toint32": lambda data, at: int.from_bytes(
        data[at : at + 4], "little", signed=True
    ),
    "bitconverter::tostring": lambda data: "-".join(f"{item:02X}" for item in data),
    "datetime::isleapyear": lambda year: year % 4 == 0 and (year % 100 != 0 or year % 400 == 0),
}


def _compare(left: object, right: object, mode: object) -> int:
    first, second = to_text(left), to_text(right)
    if mode is True or "ignorecase" in to_text(mode).lower():
        first, second = first.lower(), second.lower()
    return (first > second) - (first < second)


def _format(scope: Scope, text: object, items: list[object]) -> str:
    from orchestrator.lab.powershell.matching import format_text  # noqa: PLC0415 - one use

    return format_text(text, items, culture_of(scope))


def _machine_flag(name: str) -> Callable[[Scope], object]:
    return lambda scope: getattr(scope.runtime.machine, name, True)


_SCOPED: Final[dict[str, Callable[..., object]]] = {
    "datetime::utcnow": lambda scope: scope.runtime.machine.now(),
    "datetime::now": lambda scope: scope.runtime.machine.now(),
    "datetime::today": lambda scope: scope.runtime.machine.now().replace(
        hour=0, minute=0, second=0, microsecond=0
    ),
    "environment::machinename": lambda scope: scope.runtime.machine.environment.get("COMPUTERNAME"),
    "environment::username": lambda scope: scope.runtime.machine.environment.get("USERNAME"),
    "environment::userdomainname": lambda scope: scope.runtime.machine.environment.get(
        "USERDOMAIN"
    ),
    "environment::systemdirectory": lambda _: "C:\\Windows\\system32",
    "environment::newline": lambda _: "\r\n",
    "environment::is64bitprocess": _machine_flag("is_64bit_process"),
    "environment::is64bitoperatingsystem": _machine_flag("is_64bit_os"),
    "globalization.cultureinfo::currentculture": _culture,
    "globalization.cultureinfo::invariantculture": lambda _: PSObject(
        "System.Globalization.CultureInfo", CaseDict({"Name": ""})
    ),
    "guid::empty": lambda _: Guid("00000000-0000-0000-0000-000000000000"),
    "string::empty": lambda _: "",
    "timespan::zero": lambda _: timedelta(0),
    "io.path::directoryseparatorchar": lambda _: "\\",
    "math::pi": lambda _: math.pi,
    "text.encoding::unicode": lambda _: encoding("utf-16-le"),
    "text.encoding::utf8": lambda _: encoding("utf-8"),
    "text.encoding::ascii": lambda _: encoding("ascii"),
}
_SCOPED_METHODS: Final[dict[str, Callable[..., object]]] = {
    "guid::newguid": lambda scope: Guid(scope.runtime.machine.new_guid()),
    "string::format": lambda scope, text, *items: _format(scope, text, list(items)),
    "environment::getenvironmentvariable": lambda scope, name, _target=None: (
        scope.runtime.machine.environment.get(to_text(name))
    ),
    "environment::getfolderpath": lambda _scope, name: _folder(to_text(name)),
    "environment::expandenvironmentvariables": lambda scope, text: re.sub(
        r"%(\w+)%",
        lambda found: scope.runtime.machine.environment.get(found[1], found[0]),
        to_text(text),
    ),
    "security.principal.windowsidentity::getcurrent": _identity,
    "diagnostics.stopwatch::startnew": stopwatch,
    "management.automation.scriptblock::create": lambda _scope, _text: _no_create(),
    "io.path::gettemppath": lambda scope: scope.runtime.machine.environment.get("TEMP"),
}


def _short(name: str) -> str:
    return name.removeprefix("System.").lower()


def get_static(scope: Scope, owner: object, name: str) -> object:
    """Return ``[type]::name``.

    Raises:
        Refusal: the member is not modelled.
    """
    if not isinstance(owner, TypeRef):
        msg = f":: on {type_name(owner)}"
        raise Refusal(msg)
    lower = name.lower()
    getter = _SCOPED.get(f"{_short(owner.name)}::{lower}")
    if getter is not None:
        return getter(scope)
    if owner.name in _LIMITS and lower in ("minvalue", "maxvalue"):
        return _LIMITS[owner.name][lower == "maxvalue"]
    if owner.name == "System.Management.Automation.ErrorCategory":
        found = category_value(name)
        if found is not None:
            return found
    for number, member in enumerate(_ENUMS.get(owner.name, "").split()):
        if member.lower() == lower:
            return EnumValue(member, owner.name, number)
    msg = f"[{owner}]::{name}"
    raise Refusal(msg)


def call_static(scope: Scope, owner: object, name: str, arguments: list[object]) -> object:
    """Return ``[type]::name(arguments)``.

    Raises:
        ScriptError: the method failed.
        Refusal: the method is not modelled.
    """
    if not isinstance(owner, TypeRef):
        msg = f":: on {type_name(owner)}"
        raise Refusal(msg)
    lower = name.lower()
    if lower != "new":
        check_method(scope, owner.name)
    if lower == "new":
        return construct(scope, owner, arguments)
    if lower in ("parse", "tryparse") and owner.name in _PARSERS:
        return _parse(owner, lower, arguments)
    key = f"{_short(owner.name)}::{lower}"
    plain = _PLAIN.get(key)
    if plain is not None:
        return run_method(name, arguments, plain)
    scoped = _SCOPED_METHODS.get(key)
    if scoped is not None:
        return run_method(name, arguments, partial(scoped, scope))
    if owner.name in _ENUMS and lower in ("getnames", "isdefined"):
        return list(_ENUMS[owner.name].split())
    msg = f"[{owner}]::{name}()"
    raise Refusal(msg)


def has_method(owner: TypeRef, name: str) -> bool:
    """Tell whether ``[type]::name()`` is one that `call_static` carries out."""
    lower = name.lower()
    key = f"{_short(owner.name)}::{lower}"
    parses = lower in ("parse", "tryparse") and owner.name in _PARSERS
    lists = lower in ("getnames", "isdefined") and owner.name in _ENUMS
    return lower == "new" or parses or lists or key in _PLAIN or key in _SCOPED_METHODS


_PARSERS: Final[dict[str, Callable[[str], object]]] = {
    "System.Guid": parse_guid,
    "System.Int32": lambda text: parse_number(text) if re.fullmatch(r"\s*-?\d+\s*", text) else None,
    "System.Int64": lambda text: parse_number(text) if re.fullmatch(r"\s*-?\d+\s*", text) else None,
    "System.DateTime": parse_date,
    "System.TimeSpan": parse_timespan,
    "System.Version": lambda text: text if re.fullmatch(r"\d+(\.\d+){1,3}", text) else None,
}


def _parse(owner: TypeRef, lower: str, arguments: list[object]) -> object:
    found = _PARSERS[owner.name](to_text(arguments[0]))
    if lower == "parse":
        if found is None:
            failure = MethodFailure(
                "Input string was not in a correct format.", exception="System.FormatException"
            )
            raise invocation_error(
                name="Parse", count=len(arguments), failure=failure_exception(failure)
            )
        return cast(found, owner)
    target = arguments[-1]
    if isinstance(target, PSObject) and target.type_name.endswith("PSReference"):
        target.properties["Value"] = (
            cast(found, owner) if found is not None else cast(0, TypeRef("System.Int32"))
        )
        return found is not None
    msg = f"[{owner}]::TryParse without [ref]"
    raise Refusal(msg)


def utc_text(at: datetime) -> str:
    """Write a date in the round-trip format."""
    return format_date(at, "o")
