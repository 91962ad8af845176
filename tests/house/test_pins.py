from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("*constraints.txt"))
LINE = re.compile(r"([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; .+)? \\")


def pins(file: Path) -> dict[str, str]:
    """Return the pinned versions by name, and check that nothing but pins and hashes is there."""
    pinned: dict[str, str] = {}
    hashed = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            hashed += 1
            continue
        match = LINE.fullmatch(line)
        assert match, f"{file.name}: {line}"
        assert hashed or not pinned, f"{file.name}: no hash above {line}"
        pinned[match[1]], hashed = match[2], 0
    assert hashed
    return pinned


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_pins_are_versions_and_hashes_without_addresses(file: Path) -> None:
    assert len(pins(file)) > 5
    assert "://" not in file.read_text(encoding="utf-8")


def test_what_is_pinned_twice_is_pinned_alike() -> None:
    main = pins(ROOT / "constraints.txt")
    kerberos = pins(ROOT / "kerberos-constraints.txt")
    shared = main.keys() & kerberos.keys()
    assert {name: kerberos[name] for name in shared} == {name: main[name] for name in shared}
    assert {"gssapi", "krb5"} <= kerberos.keys() - main.keys()


def test_the_pins_are_within_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    groups = project["dependency-groups"]
    asked = [*project["project"]["dependencies"], *extras["embedded"], *extras["lab"]]
    asked += [item for name in ("test", "lint", "dev") for item in groups[name]]
    main = pins(ROOT / "constraints.txt")
    wanted = [Requirement(item) for item in asked if isinstance(item, str)]
    assert len(wanted) > 20
    for requirement in wanted:
        version = main.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not pinned"
        assert requirement.specifier.contains(version), f"{requirement} is pinned to {version}"
