"""The real clock and real ids."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without the letters that are taken for digits or make words (Crockford)."""

_LENGTH: Final = 10


class SystemClock:
    """The port `Clock` on this machine."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - here time comes from

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


class SystemIds:
    """The port `Ids`: ten random letters and digits; 50 bits, so that no two meet."""

    def run_id(self) -> str:
        """Return a fresh run id, such as ``r-0k3v9w2m7q``."""
        return "r-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
