"""Text that came from elsewhere, made harmless for a terminal or a spreadsheet.

A device, or whoever holds it, chooses much of what is shown: an escape sequence in a task name
would otherwise be carried out by the operator's terminal, a formula by the spreadsheet.
"""

from __future__ import annotations

import unicodedata

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str) -> str:
    """Return the text on one line, with what a terminal would obey written out."""
    if text.isprintable():
        return text
    return "".join(
        " "
        if letter in "\r\n\t"
        else letter
        if letter.isprintable() or unicodedata.category(letter) == "Zs"
        else letter.encode("unicode_escape").decode()
        for letter in text
    )


def cell(text: str) -> str:
    """Return the text as a CSV cell that no spreadsheet takes for a formula."""
    text = clean(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
