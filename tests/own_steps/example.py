"""The example that the documentation shows, and folders made from it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.own_steps import OwnSteps, load_own_steps

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

EXAMPLE = Path(__file__).parents[2] / "docs" / "own-steps"
KEY = r"SOFTWARE\Fabrikam\Hardening"


def example() -> OwnSteps:
    return load_own_steps(EXAMPLE)


def copied(folder: Path) -> Path:
    """Return a copy of the example that a test may spoil."""
    target = folder / "own"
    shutil.copytree(EXAMPLE, target)
    return target


def hardened(device: Device, *, block: int = 1, role: str = "") -> None:
    """Leave on a PC what the example looks for."""
    device.registry.set(KEY, "BlockMdm", block)
    if role:
        device.registry.set(KEY, "Role", role)


def block_of(device: Device) -> object:
    key = device.registry.find(KEY)
    return None if key is None else key.data("BlockMdm")
