"""A folder of a site's own steps: `steps.toml`, and one PowerShell function a file.

- Everything is checked before anything is used; a mistake is one line with file and line.
- A function of the site is named ``Verb-Own...``: so a step can never call one of the product's,
  or a command of Windows, by the name it gives.
- Reads files only. What the functions do is checked by `enrollmend step lint`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import tomllib
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from orchestrator.domain.findings import Owner
from orchestrator.domain.own_steps import BARE, Condition, Operator, OwnStep
from orchestrator.errors import SettingsInvalid
from orchestrator.module import ModuleFunction
from orchestrator.settings_file import Given, read_flat

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "steps.toml"
FORMAT = 1
MOST = 40

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_FUNCTION = re.compile(r"[A-Z][A-Za-z]{1,19}-Own[A-Z][A-Za-z0-9]{0,59}")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,5}")
_CHANGES = ("fix", "verify", "undo")
_KEYS = frozenset(
    {
        *("title", "owner", "reason", "fact", *_CHANGES),
        *("when.field", "when.operator", "when.value"),
    }
)
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSteps:
    """What a site added.

    Attributes:
        steps: in the order of the manifest.
        functions: by name.
        files: function name to the file it stands in.
    """

    steps: tuple[OwnStep, ...] = ()
    functions: dict[str, ModuleFunction] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def called(self) -> dict[str, list[str]]:
        """Function of the product to those of the site that it calls by the names it gets."""
        changing = [step for step in self.steps if step.repairs]
        repair = [name for step in changing for name in (step.fact, step.fix, step.verify)]
        return {
            "Get-EnrollmentFact": [step.fact for step in self.steps],
            "Invoke-EnrollmentRepair": repair,
            "Restore-EnrollmentBackup": [step.undo for step in changing],
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the steps, in their order, and all functions; empty without a step."""
        if not self.steps:
            return ""
        texts = {name: function.text for name, function in sorted(self.functions.items())}
        whole = [[asdict(step) for step in self.steps], texts]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def load_own_steps(folder: Path) -> OwnSteps:
    """Read and check a folder of own steps.

    Raises:
        SettingsInvalid: one line with file and line, and what would be right.
    """
    if not folder.is_dir():
        msg = f"there is no folder {folder}"
        raise SettingsInvalid(msg, where="own_steps_dir", hint="name the folder of steps.toml")
    manifest = folder / MANIFEST
    flat = read_flat(manifest)
    stated = flat.pop("format", Given(None, f"{manifest}:1"))
    if stated.value != FORMAT or isinstance(stated.value, bool):
        msg = f"format is {FORMAT}"
        raise SettingsInvalid(msg, where=stated.where, hint=f"begin with: format = {FORMAT}")
    tables = _tables(flat)
    _all_have_keys(manifest, tables)
    if len(tables) > MOST:
        msg = f"{len(tables)} steps are more than the {MOST} a site may have"
        raise SettingsInvalid(msg, where=f"{manifest}:1")
    functions, files = _functions(folder)
    steps = tuple(_Table(name, table, functions).step() for name, table in tables.items())
    return OwnSteps(steps=steps, functions=functions, files=files)


def _tables(flat: dict[str, Given]) -> dict[str, dict[str, Given]]:
    """Sort flat keys by step."""
    tables: dict[str, dict[str, Given]] = {}
    for key, given in flat.items():
        first, _, rest = key.partition(".")
        name, _, leaf = rest.partition(".")
        if first != "step" or not leaf:
            msg = f"{key} belongs to no step"
            raise SettingsInvalid(msg, where=given.where, hint="write [step.NAME] and keys below")
        if not _NAME.fullmatch(name):
            msg = f"{name!r} is no name of a step"
            hint = "lower-case letters, digits and -, at most 40, a letter first"
            raise SettingsInvalid(msg, where=given.where, hint=hint)
        if leaf not in _KEYS:
            near = difflib.get_close_matches(leaf, _KEYS, n=1)
            msg = f"a step has no {leaf!r}"
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(_KEYS))}"
            raise SettingsInvalid(msg, where=given.where, hint=hint)
        tables.setdefault(name, {})[leaf] = given
    return tables


def _all_have_keys(manifest: Path, tables: dict[str, dict[str, Given]]) -> None:
    """Refuse a step without any key, which the flat reading does not show."""
    text = manifest.read_text(encoding="utf-8-sig")
    named = tomllib.loads(text).get("step", {})
    bare = next((name for name in named if name not in tables), None)
    if bare is not None:
        lines = text.splitlines()
        line = next((n for n, each in enumerate(lines, 1) if f"step.{bare}" in each), 1)
        msg = f"step {bare}: title is missing"
        raise SettingsInvalid(msg, where=f"{manifest}:{line}")


def _functions(folder: Path) -> tuple[dict[str, ModuleFunction], dict[str, Path]]:
    """Read every function of the folder; a file is named like its function."""
    functions: dict[str, ModuleFunction] = {}
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.ps1")):
        if not _FUNCTION.fullmatch(path.stem):
            msg = f"{path.stem} is no name for a function of the site"
            hint = "an approved verb, -Own and more, such as Get-OwnProxy.ps1"
            raise SettingsInvalid(msg, where=f"{path}:1", hint=hint)
        try:
            raw = path.read_bytes()
        except OSError as error:
            msg = f"cannot be read: {error.strerror}"
            raise SettingsInvalid(msg, where=str(path)) from error
        bad = next((at for at, byte in enumerate(raw) if byte > 127), None)  # noqa: PLR2004 - ASCII
        if bad is not None:
            line = raw.count(b"\n", 0, bad) + 1
            msg = "Windows PowerShell 5.1 reads a file without a mark as ANSI: ASCII only"
            raise SettingsInvalid(msg, where=f"{path}:{line}")
        text = raw.decode("ascii").replace("\r\n", "\n")
        if not re.search(rf"(?mi)^function {re.escape(path.stem)}\s*$", text):
            msg = f"the file does not define function {path.stem}"
            raise SettingsInvalid(msg, where=f"{path}:1", hint="one function a file, of its name")
        functions[path.stem] = ModuleFunction(path.stem, text, public=False)
        files[path.stem] = path
    return functions, files


class _Table:
    """One ``[step.NAME]``, checked as it is read."""

    def __init__(
        self, name: str, table: dict[str, Given], functions: dict[str, ModuleFunction]
    ) -> None:
        self._name = name
        self._table = table
        self._functions = functions
        self._where = next(iter(table.values())).where

    def step(self) -> OwnStep:
        """Return the step."""
        given = [name for name in _CHANGES if name in self._table]
        if given and len(given) < len(_CHANGES):
            lacking = ", ".join(name for name in _CHANGES if name not in given)
            msg = f"step {self._name} has {', '.join(given)} and no {lacking}"
            hint = "a step that changes something names fix, verify and undo; one that is only "
            raise SettingsInvalid(msg, where=self._where, hint=hint + "reported names none")
        return OwnStep(
            name=self._name,
            title=self._text("title"),
            owner=self._owner(),
            reason=self._text("reason"),
            when=self._when(),
            fact=self._function("fact"),
            fix=self._function("fix") if given else "",
            verify=self._function("verify") if given else "",
            undo=self._function("undo") if given else "",
        )

    def _refuse(
        self, message: str, hint: str = "", *, key: str, cause: Exception | None = None
    ) -> NoReturn:
        where = self._table[key].where if key in self._table else self._where
        msg = f"step {self._name}: {message}"
        raise SettingsInvalid(msg, where=where, hint=hint) from cause

    def _value(self, key: str) -> Any:  # noqa: ANN401 - whatever TOML holds
        if key not in self._table:
            self._refuse(f"{key} is missing", key=key)
        return self._table[key].value

    def _text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self._refuse(f"{key} is one line of text", key=key)
        if len(value) > _LONGEST:
            self._refuse(f"{key} is longer than {_LONGEST} characters", key=key)
        return value.strip()

    def _owner(self) -> Owner:
        value = self._text("owner")
        try:
            return Owner(value)
        except ValueError as error:
            known = ", ".join(owner.value for owner in Owner)
            self._refuse(f"{value!r} owns nothing", f"one of {known}", key="owner", cause=error)

    def _function(self, key: str) -> str:
        value = self._text(key)
        if value not in self._functions:
            near = difflib.get_close_matches(value, self._functions, n=1)
            hint = f"did you mean {near[0]}?" if near else f"write it into {value}.ps1 beside"
            self._refuse(f"{key}: there is no function {value}", hint, key=key)
        return value

    def _when(self) -> Condition:
        path = self._text("when.field")
        if not _FIELD.fullmatch(path):
            self._refuse(f"when.field: {path!r} is no name of a field", key="when.field")
        word = self._text("when.operator")
        try:
            operator = Operator(word)
        except ValueError as error:
            known = ", ".join(one.value for one in Operator)
            message = f"when.operator: there is no {word!r}"
            self._refuse(message, f"one of {known}", key="when.operator", cause=error)
        if operator in BARE:
            if "when.value" in self._table:
                self._refuse(f"{word} compares with no value", key="when.value")
            return Condition(field=path, operator=operator)
        value = self._value("when.value")
        if not isinstance(value, str | int | float):
            self._refuse("when.value is a text, a number, true or false", key="when.value")
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(f"{value} compares with nothing", key="when.value")
        numeric = operator in {Operator.AT_LEAST, Operator.AT_MOST}
        if numeric and (isinstance(value, str | bool)):
            self._refuse(f"{word} compares with a number", key="when.value")
        return Condition(field=path, operator=operator, value=value)
