from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from orchestrator.cli.main import app
from orchestrator.domain.causes import CAUSES
from orchestrator.domain.codes import CODES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+?)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if ":" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_every_command_and_counts_the_catalogue() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{len(CAUSES)} causes, {len(CODES)} codes" in text
    commands = getattr(get_command(app), "commands")  # noqa: B009 - a group has commands
    wanted = set(commands) - {"version", "help"}
    assert {name for name in wanted if not re.search(rf"`[^`]*\b{name}\b", text)} == set()


def test_the_readme_has_the_two_commands_of_the_makefile() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"$ make {target} " in text
        assert f"\n{target}: " in makefile
