"""Which functions of the module a call needs, and their text without comments.

- Dependencies are found by name: a function is needed when its name occurs as a word anywhere in
  the text of one that is needed, in a string too. That may send one too many and misses none that
  is called by a name written out.
- Comments are told from strings by a scanner that knows PowerShell's quoting; nothing else of a
  line changes. Source: Windows PowerShell Language Specification 3.0, 2.2 and 2.3.5.2.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from orchestrator import module
from orchestrator.errors import PolicyRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.module import ModuleFunction

PRELUDE = "$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\n"
"""Sent before the definitions: a terminating error then ends the whole pipeline as failed."""

_TOKEN_BREAK = frozenset(" \t\r\n;{}()|&,=[]")
_DOUBLE_HERE = re.compile(r'@"[ \t]*\r?\n')
_SINGLE_HERE = re.compile(r"@'[ \t]*\r?\n")


class Definitions:
    """The functions of a module, as they are sent."""

    def __init__(
        self,
        functions: Mapping[str, ModuleFunction],
        *,
        called: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Strip comments, and find who mentions whom.

        Args:
            functions: by name.
            called: functions that one calls by names it gets, beside those it mentions.
        """
        self._texts = {name: without_comments(each.text) for name, each in functions.items()}
        names = "|".join(re.escape(name) for name in functions)
        word = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])", re.IGNORECASE)
        spelled = {name.lower(): name for name in functions}
        self._mentions = {
            name: sorted({spelled[found.lower()] for found in word.findall(text)} - {name})
            for name, text in self._texts.items()
        }
        for name, others in (called or {}).items():
            self._mentions[name] = sorted({*self._mentions[name], *others})

    def needed(self, function: str) -> tuple[str, ...]:
        """Return the function and all it needs, those without needs of their own first.

        Raises:
            PolicyRefused: the module has no function of that name.
        """
        if function not in self._texts:
            msg = f"the module that is sent has no function {function}"
            raise not_offered(msg)
        found: dict[str, None] = {}

        def visit(name: str, above: frozenset[str]) -> None:
            if name in found or name in above:
                return
            for other in self._mentions[name]:
                visit(other, above | {name})
            found[name] = None

        visit(function, frozenset())
        return tuple(found)

    def text(self, function: str) -> str:
        """Return the text of a function without its comments."""
        return self._texts[function]


def not_offered(message: str, *, host: str = "") -> PolicyRefused:
    """Return the error for a function that is called and that the module in use does not have."""
    return PolicyRefused(
        message, host=host, hint="install the module of this version of enrollmend"
    )


@cache
def shipped() -> Definitions:
    """Return the definitions of the module that ships."""
    return Definitions(module.functions())


def without_comments(text: str) -> str:
    """Return PowerShell text without comments, blank lines and indentation.

    Line breaks inside strings and here-strings stay as they are.

    Raises:
        ValueError: a string, here-string, subexpression or comment does not end.
    """
    return _Scanner(text).strip()


class _Scanner:
    """Copies text, leaving comments out."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._out: list[str] = []

    def strip(self) -> str:
        self._code(closing="")
        kept = "".join(self._out).strip()
        return kept + "\n" if kept else ""

    def _code(self, closing: str) -> None:
        """Copy code up to the closing parenthesis of a subexpression, or to the end."""
        depth = 0
        while self._at < len(self._text):
            here = self._text[self._at]
            if here == "`":
                self._copy(2)
            elif here == "#" and self._begins_token():
                self._at = self._end_of("\n", len(self._text))
            elif self._text.startswith("<#", self._at):
                self._at = self._end_of("#>") + 2
                if self._out and self._out[-1] != "\n":
                    self._out.append(" ")
                else:
                    self._skip_blanks()
            elif here in "'\"@" and self._string(here):
                continue
            elif here == "\n":
                self._break_line()
            else:
                if here == closing and depth == 0:
                    self._copy(1)
                    return
                depth += {"(": 1, ")": -1}.get(here, 0)
                self._copy(1)
        if closing:
            msg = "a subexpression does not end"
            raise ValueError(msg)

    def _string(self, here: str) -> bool:
        """Copy the string that begins here; False when none does."""
        if here == "'":
            self._single()
        elif here == '"':
            self._double(re.compile('"'), opening=1)
        elif match := _SINGLE_HERE.match(self._text, self._at):
            self._copy(match.end() - self._at)
            self._copy(self._end_of("\n'@") + 3 - self._at)
        elif match := _DOUBLE_HERE.match(self._text, self._at):
            self._double(re.compile(r'(?<=\n)"@'), opening=match.end() - self._at)
        else:
            return False
        return True

    def _single(self) -> None:
        begin = self._at
        end = self._end_of("'", after=begin + 1)
        while self._text.startswith("''", end):
            end = self._end_of("'", after=end + 2)
        self._copy(end + 1 - begin)

    def _double(self, closing: re.Pattern[str], *, opening: int) -> None:
        """Copy an expandable string; its subexpressions are code."""
        self._copy(opening)
        plain = closing.pattern == '"'
        while self._at < len(self._text):
            if plain and self._text.startswith('""', self._at):
                self._copy(2)
            elif match := closing.match(self._text, self._at):
                self._copy(match.end() - self._at)
                return
            elif self._text[self._at] == "`":
                self._copy(2)
            elif self._text.startswith("$(", self._at):
                self._copy(2)
                self._code(closing=")")
            else:
                self._copy(1)
        msg = "a string does not end"
        raise ValueError(msg)

    def _begins_token(self) -> bool:
        return self._at == 0 or self._text[self._at - 1] in _TOKEN_BREAK

    def _break_line(self) -> None:
        """End a line, unless it would be empty, without the blanks before and after the break."""
        self._at += 1
        while self._out and self._out[-1] in (" ", "\t", "\r"):
            self._out.pop()
        if self._out and self._out[-1] != "\n":
            self._out.append("\n")
        self._skip_blanks()

    def _skip_blanks(self) -> None:
        while self._text.startswith((" ", "\t"), self._at):
            self._at += 1

    def _copy(self, length: int) -> None:
        self._out.append(self._text[self._at : self._at + length])
        self._at += length

    def _end_of(self, mark: str, default: int | None = None, *, after: int | None = None) -> int:
        found = self._text.find(mark, self._at if after is None else after)
        if found >= 0:
            return found
        if default is None:
            msg = f"no {mark!r} ends what begins at offset {self._at}"
            raise ValueError(msg)
        return default
