"""Lists of devices as JSON: strings or objects, in one array or one a line.

An object names its device in ``device`` (a string, or an object with ``name``, as this program
writes it), ``name``, ``host``, ``hostname`` or ``computer_name``; so the devices of one run can be
the targets of the next. ``site`` and ``tags`` (``{"floor": "3"}``, ``["vip"]``, ``"floor=3; vip"``)
are read beside it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.domain.target import parse_site, parse_tags
from orchestrator.domain.target_list import Row
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.adapters.targets_text import Rows

_KEYS = ("device", "name", "host", "hostname", "computer_name", "computerName", "dNSHostName")
_HINT = '["PC-0042", "PC-0043"], or {"name": "PC-0042"} a line'


def read_json(text: str, *, where: str, problems: list[InvalidInput]) -> Rows:
    """Read the names of a JSON list.

    Raises:
        InvalidInput: it is not JSON; says the line.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as whole:
        if whole.msg != "Extra data":
            raise _not_json(whole, where, whole.lineno) from whole
        return _lines(text, where, problems)
    except RecursionError as error:
        msg = "is nested too deeply"
        raise InvalidInput(msg, where=where, hint=_HINT) from error
    items = document if isinstance(document, list) else [document]
    return _names(((item, f"{where}[{index}]") for index, item in enumerate(items)), problems)


def _lines(text: str, where: str, problems: list[InvalidInput]) -> Rows:
    items: list[tuple[object, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            items.append((json.loads(line), f"{where}:{number}"))
        except json.JSONDecodeError as error:
            raise _not_json(error, where, number) from error
    return _names(items, problems)


def _names(items: Iterable[tuple[object, str]], problems: list[InvalidInput]) -> Rows:
    rows: Rows = []
    for item, place in items:
        name = _name(item)
        if name is None:
            problems.append(InvalidInput("this names no device", where=place, hint=_HINT))
            continue
        try:
            rows.append(
                Row(
                    text=name,
                    where=place,
                    site=parse_site(_site(item), where=place),
                    tags=parse_tags(_tags(item), where=place),
                )
            )
        except InvalidInput as problem:
            problems.append(problem)
    return rows


def _name(item: object) -> str | None:
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        for key in _KEYS:
            if key in item:
                return _name(item[key])
    return None


def _site(item: object) -> str:
    if not isinstance(item, dict):
        return ""
    site = item.get("site")
    return str(site) if site else _site(item.get("device"))


def _tags(item: object) -> str:
    tags = item.get("tags") if isinstance(item, dict) else None
    if isinstance(tags, dict):
        return ";".join(f"{name}={value}" for name, value in tags.items())
    if isinstance(tags, list):
        return ";".join(map(str, tags))
    return str(tags) if tags else ""


def _not_json(error: json.JSONDecodeError, where: str, line: int) -> InvalidInput:
    msg = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return InvalidInput(msg, where=f"{where}:{line}", hint=_HINT)
