"""Values on their way to a device and back.

- Parameters keep their types on the wire; a value never becomes script text.
- What comes back is strings of compact JSON, one object each. Anything else is a protocol failure
  in one sentence that does not repeat what the device sent.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from pypsrp.serializer import TaggedValue

from orchestrator.errors import ProtocolFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.usecases.ports import Parameter

_HALF = re.compile("[\ud800-\udfff]|\\\\u[dD][89a-fA-F]")

MAX_OBJECT = 8 * 1024 * 1024
"""Characters of one JSON object."""


def to_wire(parameters: Mapping[str, Parameter | None]) -> dict[str, object]:
    """Return typed arguments; what is None or False is left out, as a switch not given.

    Numbers travel as 64-bit integers, which bind to every integer parameter they fit.

    Raises:
        TypeError: a value no parameter of the module can take.
    """
    return {
        name: _wire(name, value)
        for name, value in parameters.items()
        if value is not None and value is not False
    }


def _wire(name: str, value: object) -> object:
    match value:
        case True:
            return True
        case int():
            return TaggedValue("I64", value)
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return list(value)
        case _:
            msg = f"parameter {name} cannot be a {type(value).__name__}"
            raise TypeError(msg)


def from_wire(value: object, *, host: str, limit: int = MAX_OBJECT) -> dict[str, object]:
    """Decode one object a function wrote.

    Args:
        value: what pypsrp made of it.
        host: for the message.
        limit: characters it may have.

    Raises:
        ProtocolFailure: not a string, too long, not JSON, or not an object.
    """
    if not isinstance(value, str):
        kind = "nothing" if value is None else f"a {type(value).__name__}"
        msg = f"the device wrote {kind} where one string of JSON belongs"
        raise ProtocolFailure(msg, host=host)
    if len(value) > limit:
        msg = f"the device wrote an object of {len(value)} characters; {limit} are the limit"
        raise ProtocolFailure(msg, host=host)
    try:
        decoded = json.loads(value, parse_constant=_no_constant)
        if _has_lone_surrogates(value):
            decoded = json.loads(json.dumps(decoded, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        msg = f"the device wrote {len(value)} characters that are not JSON"
        raise ProtocolFailure(msg, host=host, hint="is its module of this version?") from error
    if not isinstance(decoded, dict):
        msg = f"the device wrote a JSON {type(decoded).__name__} where an object belongs"
        raise ProtocolFailure(msg, host=host)
    return decoded


def _no_constant(name: str) -> NoReturn:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _has_lone_surrogates(text: str) -> bool:
    """Tell whether the text may hold half a character, which Windows allows and UTF-8 does not."""
    return _HALF.search(text) is not None
