"""Whether the PC that answers is the one that was asked for, and the one of the looks before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.domain.facts import Facts
    from orchestrator.domain.run import Run

CHECK_DNS = "check the DNS record and the computer account of that name; nothing was changed"


def other_machine(run: Run, facts: Facts) -> str:
    """Return why this is not the PC that was asked for; empty when it is.

    The id that a look of this run found may be missing later, for a PC can leave the directory, and
    that is for the diagnosis to say.
    """
    if facts.identity is None:
        return "the device did not say who it is"
    name = facts.identity.computer_name
    if name.upper() != run.device.key:
        return f"{run.device} answered as {name}"
    found = facts.device_id.lower()
    if run.device_id and found and run.device_id != found:
        return f"{run.device} has the directory object {found}, and had {run.device_id} before"
    return ""


def untouched(run: Run, facts: Facts) -> bool:
    """Tell whether the device shows that no repair of this run ever began on it.

    A repair leaves its run id there before it changes anything. What could not be read shows
    nothing.
    """
    unread = {item.fact for item in facts.unread}
    if unread & {"journal", "backups"}:
        return False
    last = facts.journal.run_id if facts.journal else ""
    return run.id not in {last, *(backup.run_id for backup in facts.backups or ())}
