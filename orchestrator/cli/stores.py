"""The embedded servers below the state directory: one for each context that was ever used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.adapters.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.adapters.embedded import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """An embedded server and its data.

    Attributes:
        context: whose; empty for the one without a context.
        directory: where its data are.
        disk: bytes they take.
        running: what it says of itself; None when it does not run.
    """

    context: str
    directory: Path
    disk: int
    running: Running | None


def server(state_dir: Path, context: str) -> EmbeddedValkey:
    """Return the embedded server of a context, running or not."""
    return EmbeddedValkey(state_dir / "contexts" / context if context else state_dir)


def stores(state_dir: Path) -> list[StoreFacts]:
    """Return every embedded server that has data here, by context.

    Raises:
        StoreUnavailable: one runs and does not answer.
    """
    folder = state_dir / "contexts"
    contexts = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    found = []
    for context in ["", *contexts]:
        embedded = server(state_dir, context)
        if embedded.directory.is_dir():
            found.append(
                StoreFacts(
                    context=context,
                    directory=embedded.directory,
                    disk=embedded.kept(),
                    running=embedded.look(),
                )
            )
    return found
