"""The faults that are planted: what kind, and where in the module.

- A kind is a pattern over code, never over help or comments, and what takes its place.
- Sites are found, not listed: a function that is added is mutated the same day.
- What changes nothing that can be observed is named in `EQUAL` with the reason, and counted apart.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.module import functions

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of fault.

    Attributes:
        name: two words or three.
        pattern: what is replaced; of a match's first group when it has one.
        instead: by what.
        unless: lines that hold this are left alone.
    """

    name: str
    pattern: str
    instead: str
    unless: str = ""


_PROVIDER = (
    r"(?:Remove-Item|Test-Path|(?:Get|Set|New|Remove)-ItemProperty|Get-ChildItem|Get-Content)"
)
_CALL = r"(?m)^ +((?:[A-Z][A-Za-z]+-[A-Z][A-Za-z]+)(?: [^\n|{}@]*[^\n|{}@(])?)$"

KINDS = (
    Kind("eq for ne", r" -ne ", " -eq "),
    Kind("ne for eq", r" -eq ", " -ne "),
    Kind("or for and", r" -and ", " -or "),
    Kind("and for or", r" -or ", " -and "),
    Kind("not dropped", r"\((-not )", ""),
    Kind("ge for gt", r" -gt ", " -ge "),
    Kind("gt for ge", r" -ge ", " -gt "),
    Kind("le for lt", r" -lt ", " -le "),
    Kind("notin for in", r" -in ", " -notin "),
    Kind("in for notin", r" -notin ", " -in "),
    Kind("false for true", r"\$true\b", "$false", "Mandatory|SupportsShouldProcess"),
    Kind("true for false", r"\$false\b", "$true", "Confirm"),
    Kind("Path for LiteralPath", rf"{_PROVIDER} (?:[^\n|]*? )?(-LiteralPath)", "-Path"),
    Kind("error ignored", r"-ErrorAction (Stop)", "SilentlyContinue"),
    Kind("guard dropped", r"(?m)^ +(Assert-\w+ [^\n]*|Write-EnrollmentError [^\n]*)$", "$null = 1"),
    Kind("call dropped", _CALL, "$null = 1", "Write-Verbose|Assert-|Write-EnrollmentError"),
    Kind("array dropped", r"(@)\(", ""),
    Kind("name misspelt", r"'([A-Za-z][A-Za-z0-9 _\\:.-]{3,})'", r"Zz", "Message|Validate|Reason"),
    Kind("rethrow dropped", r"(?m)^ +(throw)$", "$null = 1"),
    Kind("condition true", r"(?m)^ +if (\([^\n]*\))$", "($true)"),
    Kind("condition false", r"(?m)^ +if (\([^\n]*\))$", "($false)"),
    Kind("what-if ignored", r"if (\(\$PSCmdlet\.ShouldProcess\([^\n]*\)\))", "($true)"),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted fault.

    Attributes:
        kind: its sort.
        function: where.
        line: in the function's file, from 1.
        text: of the whole function with the fault in it.
        was, now: the line before and after.
    """

    kind: str
    function: str
    line: int
    text: str
    was: str
    now: str

    @property
    def id(self) -> str:
        """What it is called in tables."""
        return f"{self.function}:{self.line} {self.kind}"


PLANTED = (
    ("tasks after state", "Get-RepairStage", "tasks        =", "state        ="),
    ("policy before flag", "Get-RepairStage", "flag         =", "policy       ="),
    ("agents after services", "Get-RepairStage", "agents       =", "services     ="),
    ("certificates before tasks", "Get-RepairStage", "tasks        =", "certificates ="),
)
"""Orders that are wrong: two lines of a function, by their beginnings, that change places."""

EQUAL = (
    ("what-if ignored", r"BackupFolder, .create|JournalFile, .add", "what it calls asks once more"),
    ("array dropped", r"-join", "a single item is joined to itself"),
    (
        "array dropped",
        r"in \([A-Z]\w+-\w+",
        "a loop takes what a command gives one by one",
    ),
    ("array dropped", r"[^@\w]\('[^']*'(?:, '[^']*')+\)", "several constants are an array already"),
    ("array dropped", r"WatchedService\)\.Keys\)", "a collection of keys is searched one by one"),
    ("array dropped", r"\(Get-EnrollmentRoot \|", "several places are an array already"),
    ("array dropped", r"in @\(\$\w+\.Trim\('[^']+'\)\.Split\(", "Split gives an array"),
    ("array dropped", r"= @\(\$OwnStep\)", "the parameter is an array already"),
    ("ge for gt", r"Length -gt 300", "a text of 300 characters cut to 300 is itself"),
    ("ge for gt", r"-like 'repair-\*'", "where no task is there is none to clear under the lock"),
    ("le for lt", r"\$gone -lt \$Attempt", "at the very end there is nothing left either way"),
    ("le for lt", r"\$elapsed -lt 0", "what is nothing already is set to nothing"),
    ("false for true", r"\$(?:known|seen)\[.*\] = \$true", "only the key is ever asked for"),
)
"""Kind, pattern of the line before or after, and why nothing tells such a mutant from the right."""


def equal(mutant: Mutant) -> str:
    """Return why nothing can notice a mutant; empty when something should."""
    for kind, pattern, reason in EQUAL:
        if kind == mutant.kind and re.search(pattern, f"{mutant.was}\n{mutant.now}"):
            return reason
    return ""


def mutants() -> Iterator[Mutant]:
    """Return every fault there is, function by function."""
    for function in functions().values():
        code = _code(function.text)
        for kind in KINDS:
            for match in re.finditer(kind.pattern, function.text):
                start, end = match.span(1 if match.re.groups else 0)
                if start not in code:
                    continue
                made = _made(function.name, function.text, kind, start, end)
                if made is not None:
                    yield made
    for name, where, first, second in PLANTED:
        yield _swapped(name, where, first, second)


def chosen(count: int) -> list[Mutant]:
    """Return some of every kind, spread over the functions; always the same for a text.

    Args:
        count: at most so many of a kind; 0 for all.
    """
    taken: dict[str, list[Mutant]] = {}
    order = sorted(mutants(), key=lambda each: hashlib.sha256(each.id.encode()).hexdigest())
    for mutant in order:
        of_kind = taken.setdefault(mutant.kind, [])
        seen = {(each.function, each.was) for each in of_kind}
        if (not count or len(of_kind) < count) and (mutant.function, mutant.was) not in seen:
            of_kind.append(mutant)
    return [mutant for kind in sorted(taken) for mutant in taken[kind]]


def _made(function: str, text: str, kind: Kind, start: int, end: int) -> Mutant | None:
    instead = text[start:end] + kind.instead if kind.instead == "Zz" else kind.instead
    changed = text[:start] + instead + text[end:]
    line = text.count("\n", 0, start) + 1
    was = text.splitlines()[line - 1].strip()
    if kind.unless and re.search(kind.unless, was):
        return None
    now = changed.splitlines()[line - 1].strip()
    return Mutant(kind.name, function, line, changed, was, now)


def _swapped(name: str, function: str, first: str, second: str) -> Mutant:
    lines = functions()[function].text.splitlines(keepends=True)
    one = next(at for at, line in enumerate(lines) if line.strip().startswith(first))
    two = next(at for at, line in enumerate(lines) if line.strip().startswith(second))
    lines[one], lines[two] = lines[two], lines[one]
    return Mutant(
        "order changed",
        function,
        one + 1,
        "".join(lines),
        f"{name}: the other way round",
        name,
    )


def _code(text: str) -> set[int]:
    """Return the offsets that are code: neither help, nor a comment, nor the head of parameters."""
    offsets = set(range(len(text)))
    for pattern in (
        r"(?s)<#.*?#>",
        r"(?m)^\s*#.*$",
        r"(?m)^ *\[(?:Parameter|Validate|Allow|Output)[^\n]*$",
    ):
        for match in re.finditer(pattern, text):
            offsets -= set(range(*match.span()))
    return offsets
