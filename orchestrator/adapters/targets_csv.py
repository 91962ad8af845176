"""Lists of devices as CSV: any delimiter, with a header or without, any column.

- The column is the one named after ``#``, by name or by number from 1.
- Without a name it is the column with a well-known title, or the only one.
- With a header, a column of sites and one of tags are read beside the names.
- A line that cannot be taken apart is named by its number; the rest is still read.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from orchestrator.domain.target import parse_site, parse_tags
from orchestrator.domain.target_list import Row
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.adapters.targets_text import Rows

_TITLES = frozenset(
    {
        "cn", "computer", "computername", "device", "devicename", "dnshostname", "fqdn", "host",
        "hostname", "machine", "machinename", "manageddevicename", "name", "pc", "pcname",
        "samaccountname", "server", "workstation",
    }
)  # fmt: skip
# What Get-ADComputer, the Intune and Entra portals and Configuration Manager call it.
_SITES = frozenset({"site", "sitename", "adsite", "location", "office", "standort"})
_TAGS = frozenset({"tag", "tags", "label", "labels"})

_Line = tuple[list[str], int]


def read_csv(text: str, *, where: str, column: str, problems: list[InvalidInput]) -> Rows:
    """Read one column of a CSV list.

    Args:
        text: the file.
        where: its name.
        column: title or number of the column; empty to find it.
        problems: what is wrong with single lines is added here.

    Raises:
        InvalidInput: there is no such column, or none can be chosen.
    """
    lines = list(_records(text, where, problems))
    if not lines:
        return []
    index, header = _column(lines[0][0], column, where)
    titles = [_plain(title) for title in lines[0][0]] if header else []
    site, tags = _first(titles, _SITES), _first(titles, _TAGS)
    rows: Rows = []
    for cells, number in lines[1:] if header else lines:
        place = f"{where}:{number}"
        try:
            rows.append(
                Row(
                    text=_name(cells, index, place),
                    where=place,
                    site=parse_site(_cell(cells, site), where=place),
                    tags=parse_tags(_cell(cells, tags), where=place),
                )
            )
        except InvalidInput as problem:
            problems.append(problem)
    return rows


def _first(titles: list[str], wanted: frozenset[str]) -> int:
    return next((index for index, title in enumerate(titles) if title in wanted), -1)


def _cell(cells: list[str], index: int) -> str:
    return cells[index] if 0 <= index < len(cells) else ""


def _name(cells: list[str], index: int, place: str) -> str:
    if len(cells) <= index:
        has = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
        msg = f"this line has {has}, and column {index + 1} is asked for"
        raise InvalidInput(msg, where=place)
    name = cells[index].strip()
    if not name:
        raise InvalidInput("the device name is empty", where=place)  # noqa: EM101, TRY003 - all there is to say
    return name.removesuffix("$")


def _records(text: str, where: str, problems: list[InvalidInput]) -> Iterator[_Line]:
    """Yield the cells of each record that is not blank, with the line it begins on."""
    lines = text.splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):  # Excel's own way to name the delimiter
        lines[0] = "\n"
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            msg = f"the quotes of this line do not match ({error})"
            problems.append(
                InvalidInput(msg, where=f"{where}:{start}", hint='inside quotes, " is written ""')
            )
            return  # where the next record begins is anybody's guess
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield cells, start
        start = reader.line_num + 1


def _delimiter(text: str) -> str:
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) > len("sep="):
        return lines[0][len("sep=")]
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return max(",;\t", key=first.count)


def _plain(title: str) -> str:
    return "".join(letter for letter in title.lower() if letter.isalnum())


def _column(first: list[str], wanted: str, where: str) -> tuple[int, bool]:
    """Return the index of the column, and whether the first line is a header."""
    plain = [_plain(cell) for cell in first]
    titles = ", ".join(cell.strip() for cell in first[:12])
    known = [index for index, title in enumerate(plain) if title in _TITLES]
    if not wanted:
        if known:
            return _only(plain, plain[known[0]], where), True
        if len(first) == 1:
            return 0, False
        msg = f"which of the {len(first)} columns holds the names?"
        raise InvalidInput(
            msg, where=where, hint=f"say @{where}#NAME or #NUMBER; the first line reads {titles}"
        )
    if _plain(wanted) in plain:
        return _only(plain, _plain(wanted), where), True
    if wanted.isdigit() and 1 <= int(wanted) <= len(first):
        index = int(wanted) - 1
        return index, bool(known) or " " in first[index].strip()
    msg = f"there is no column {wanted!r}"
    raise InvalidInput(msg, where=where, hint=f"the first line reads {titles}")


def _only(titles: list[str], wanted: str, where: str) -> int:
    """Return the index of the one column with this title."""
    same = [index for index, title in enumerate(titles) if title == wanted]
    if len(same) > 1:
        numbers = [str(index + 1) for index in same]
        msg = f"{len(same)} columns have the title {wanted!r}: {' and '.join(numbers)}"
        raise InvalidInput(msg, where=where, hint=f"say which: @{where}#{numbers[0]}")
    return same[0]
