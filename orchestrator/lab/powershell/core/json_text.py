r"""``ConvertTo-Json`` and ``ConvertFrom-Json`` as Windows PowerShell 5.1 has them.

Differences from later versions: ``' < > &`` are written as ``\u0027`` and so on, a date is
``"\/Date(ms)\/"``, nested text is indented under its own column, and an array read from JSON stays
one object in the pipeline. Beyond the depth an object becomes its text.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.members_time import ticks
from orchestrator.lab.powershell.objects import EnumValue, Guid, Hashtable, Version
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.text import CUSTOM, float_text, to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_SPECIAL = re.compile("[\x00-\x1f\"\\\\'<>&\x85\u2028\u2029]")
_DEFAULT_DEPTH = 2
_MAX_DEPTH = 100


def quote(text: str) -> str:
    """Write JSON text with the escapes of JavaScriptSerializer."""
    return f'"{_SPECIAL.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    mark = found[0]
    return _SHORT.get(mark) or f"\\u{ord(mark):04x}"


def _scalar(value: object) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool) or type(value).__name__ == "Switch":
        return "true" if value else "false"
    if isinstance(value, EnumValue):
        return str(value.number)
    if isinstance(value, (Guid, Version)):
        msg = f"ConvertTo-Json of a {type_name(value)}: make it text first"
        raise Refusal(msg)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return f'"\\/Date({ticks(value - _EPOCH) // 10_000})\\/"'
    return None


def _write(value: object, depth: int, level: int) -> object:
    """Return a scalar as its JSON text, a list or a dict of such."""
    if type(value) is str:
        return quote(value)
    text = _scalar(value)
    if text is not None:
        return text
    if level > depth:
        return quote(to_text(value))
    if isinstance(value, (list, tuple, bytes)):
        return [_write(item, depth, level + 1) for item in value]
    if isinstance(value, Hashtable):
        return {to_text(key): _write(value.get(key), depth, level + 1) for key in value}
    if isinstance(value, PSObject) and (value.type_name == CUSTOM or value.writable is None):
        return {name: _write(item, depth, level + 1) for name, item in value.properties.pairs()}
    msg = f"ConvertTo-Json of a {type_name(value)}"
    raise Refusal(msg)


def _compact(value: object, depth: int, level: int) -> str:
    """Write without blanks, in one pass."""
    if type(value) is str:
        return quote(value)
    text = _scalar(value)
    if text is not None:
        return text
    if level > depth:
        return quote(to_text(value))
    if isinstance(value, (list, tuple, bytes)):
        return "[" + ",".join([_compact(item, depth, level + 1) for item in value]) + "]"
    if isinstance(value, Hashtable):
        pairs = [(to_text(key), value.get(key)) for key in value]
    elif isinstance(value, PSObject) and (value.type_name == CUSTOM or value.writable is None):
        pairs = list(value.properties.pairs())
    else:
        msg = f"ConvertTo-Json of a {type_name(value)}"
        raise Refusal(msg)
    # of keys with the same text the last one counts, in the place of the first
    items = [f"{_key(key)}:{_compact(item, depth, level + 1)}" for key, item in dict(pairs).items()]
    return "{" + ",".join(items) + "}"


_key = lru_cache(maxsize=4096)(quote)


def pretty(tree: object, column: int = 0) -> str:
    """Write with line breaks, each level indented four from where its bracket stands."""
    inner = column + 4
    pad, end = "\r\n" + " " * inner, "\r\n" + " " * column
    if isinstance(tree, dict):
        items = [
            f"{quote(key)}:  {pretty(item, inner + len(quote(key)) + 3)}"
            for key, item in tree.items()
        ]
        return "{" + pad + ("," + pad).join(items) + end + "}" if items else "{\r\n" + end + "}"
    if isinstance(tree, list):
        texts = [pretty(item, inner) for item in tree]
        return "[" + pad + ("," + pad).join(texts) + end + "]" if texts else "[\r\n" + end + "]"
    return str(tree)


@cmdlet("ConvertTo-Json", "InputObject:object!0^ Depth:int Compress:switch", collects=True)
def convert_to_json(call: BoundCall) -> Iterable[object]:
    """Write JSON."""
    value = call.get("InputObject")
    if "inputobject" not in call.given:
        if not value:
            return []
        value = value[0] if len(value) == 1 else value
    depth = call.get("Depth", _DEFAULT_DEPTH)
    if not 0 < depth <= _MAX_DEPTH:
        raise call.fail(
            "ReachedMaximumDepthAllowed" if depth > 0 else "ParameterArgumentValidationError",
            f"Cannot validate argument on parameter 'Depth'. The {depth} argument is out of range.",
            category="InvalidArgument",
            exception="System.Management.Automation.ParameterBindingValidationException",
        )
    if call.get("Compress"):
        return [_compact(value, depth, 0)]
    return [pretty(_write(value, depth, 0))]


def _read(value: object) -> object:
    if isinstance(value, dict):
        fields: CaseDict[object] = CaseDict()
        for key, item in value.items():
            fields[key] = _read(item)
        return PSObject(CUSTOM, fields, writable=None)
    if isinstance(value, list):
        return [_read(item) for item in value]
    if isinstance(value, str) and value.startswith("/Date(") and value.endswith(")/"):
        return _EPOCH + timedelta(milliseconds=int(value[6:-2]))
    return value


@cmdlet("ConvertFrom-Json", "InputObject:str[]!0^", collects=True)
def convert_from_json(call: BoundCall) -> Iterable[object]:
    """Read JSON."""
    value = call.get("InputObject")
    lines = [to_text(item) for item in value] if isinstance(value, list) else [to_text(value)]
    text = "\n".join(lines)
    if not text.strip():
        return []
    try:
        tree = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise call.fail(
            error_id="System.ArgumentException",
            message=f"Invalid JSON primitive: {text.strip().split()[0][:40]}.",
            category="NotSpecified",
            exception="System.ArgumentException",
        ) from error
    return [_read(tree)]
