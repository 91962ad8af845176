"""enrollmend: why Windows PCs are not enrolled in Intune, the repair, and the proof."""

from __future__ import annotations

__version__ = "0.1.0"
