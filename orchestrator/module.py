"""The PowerShell module that ships: its functions, their text, and a digest of the whole.

Reads package files only. `scripts/` lies beside the package in a checkout and inside it in a
wheel; both are looked at, the package first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PUBLIC_FUNCTIONS = (
    "Get-EnrollmentFact",
    "Get-EnrollmentJournal",
    "Invoke-EnrollmentRepair",
    "Restore-EnrollmentBackup",
)


@dataclass(frozen=True, slots=True)
class ModuleFunction:
    """One function of the module.

    Attributes:
        name: ``Verb-Noun``.
        text: the whole file.
        public: whether the manifest exports it.
    """

    name: str
    text: str
    public: bool


def module_folder() -> Traversable:
    """Return the folder ``Enrollment`` with manifest and functions.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = files("orchestrator")
    beside = Path(str(package)).parent / "scripts" / "Enrollment"
    for folder in (package / "scripts" / "Enrollment", beside):
        if folder.is_dir():
            return folder
    msg = "the PowerShell module is missing from this installation"
    raise FileNotFoundError(msg)


@cache
def functions() -> dict[str, ModuleFunction]:
    """Return every function of the module by name, private ones first, then by name."""
    found: dict[str, ModuleFunction] = {}
    for part, public in (("private", False), ("public", True)):
        folder = module_folder() / part
        entries = folder.iterdir() if folder.is_dir() else iter(())
        for entry in sorted(entries, key=lambda item: item.name):
            if entry.name.endswith(".ps1"):
                name = entry.name.removesuffix(".ps1")
                found[name] = ModuleFunction(name, entry.read_text(encoding="ascii"), public)
    return found


@cache
def digest() -> str:
    """Return the SHA-256 over all functions, as 64 hex digits."""
    total = hashlib.sha256()
    for function in functions().values():
        total.update(function.name.encode() + b"\0" + function.text.encode() + b"\0")
    return total.hexdigest()


def digest_with(own: str) -> str:
    """Return the digest of the module together with a site's own steps, as 64 hex digits.

    Args:
        own: digest of the steps; empty when there are none.
    """
    return hashlib.sha256(f"{digest()} {own}".encode()).hexdigest() if own else digest()
