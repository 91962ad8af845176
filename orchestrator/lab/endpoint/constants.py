"""CLIXML that is the same in every session, written once instead of serialised each time.

Source: community: recorded exchanges with Windows PowerShell 5.1 hosts, shapes of [MS-PSRP] 2.2.2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import escape

BOM = b"\xef\xbb\xbf"
WINDOWS = "10.0.22631.4460"
POWERSHELL = "5.1.22621.4391"

_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]|_(?=[xX])")


def _unit(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code > 0xFFFF:  # noqa: PLR2004 - beyond one UTF-16 unit
        code -= 0x10000
        return f"_x{0xD800 + (code >> 10):04X}__x{0xDC00 + (code & 0x3FF):04X}_"
    return f"_x{code:04X}_"


def string(value: str) -> bytes:
    """Write a string ([MS-PSRP] 2.2.5.3.2: control characters as ``_xHHHH_``)."""
    if not value:
        return BOM + b"<S></S>"
    return BOM + f"<S>{escape(_ESCAPED.sub(_unit, value))}</S>".encode()


_UNITS = re.compile("(?:_x[0-9a-fA-F]{4}_)+")


@lru_cache(maxsize=1024)
def _characters(found: str) -> str:
    units = "".join(chr(int(item, 16)) for item in found.strip("_x").split("__x"))
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unescape(text: str) -> str:
    """Read the text of a string element."""
    return _UNITS.sub(lambda match: _characters(match[0]), text) if "_x" in text.lower() else text


def _message(inner: str) -> bytes:
    return BOM + f'<Obj RefId="0"><MS>{inner}</MS></Obj>'.encode()


CAPABILITY = _message(
    '<Version N="protocolversion">2.3</Version><Version N="PSVersion">2.0</Version>'
    '<Version N="SerializationVersion">1.1.0.1</Version>'
)
POOL_OPENED = _message('<I32 N="RunspaceState">2</I32>')
PIPELINE_COMPLETED = _message('<I32 N="PipelineState">4</I32>')


def _entry(key: str, value: str) -> str:
    return f'<En><S N="Key">{key}</S>{value}</En>'


def _version(key: str, value: str) -> str:
    return _entry(key, f'<Version N="Value">{value}</Version>')


_COMPATIBLE = "".join(
    f"<Version>{item}</Version>" for item in ("1.0", "2.0", "3.0", "4.0", "5.0", POWERSHELL)
)
_TABLE = (
    _version("PSVersion", POWERSHELL)
    + _entry("PSEdition", '<S N="Value">Desktop</S>')
    + _entry(
        "PSCompatibleVersions",
        '<Obj N="Value" RefId="3"><TN RefId="1"><T>System.Version[]</T><T>System.Array</T>'
        f"<T>System.Object</T></TN><LST>{_COMPATIBLE}</LST></Obj>",
    )
    + _version("CLRVersion", "4.0.30319.42000")
    + _version("BuildVersion", WINDOWS)
    + _version("WSManStackVersion", "3.0")
    + _version("PSRemotingProtocolVersion", "2.3")
    + _version("SerializationVersion", "1.1.0.1")
)
PRIVATE_DATA = _message(
    '<Obj N="ApplicationPrivateData" RefId="1"><TN RefId="0">'
    "<T>System.Management.Automation.PSPrimitiveDictionary</T>"
    "<T>System.Collections.Hashtable</T><T>System.Object</T></TN><DCT>"
    + _entry(
        "PSVersionTable", f'<Obj N="Value" RefId="2"><TNRef RefId="0" /><DCT>{_TABLE}</DCT></Obj>'
    )
    + "</DCT></Obj>"
)
