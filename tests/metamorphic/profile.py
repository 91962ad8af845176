"""How many PCs each property is tried on: a few in CI, many when asked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = int(os.environ.get("ENROLLMEND_EXAMPLES", "10"))
"""In CI 10; ``make deep`` asks for more."""

_DEEP = EXAMPLES > 10


def many(share: float = 1.0) -> Callable[[Any], Any]:
    """Return the settings of a property; `share` is below 1 for one whose example costs more."""
    return settings(
        max_examples=max(2, int(EXAMPLES * share)),
        deadline=None,
        database=None,
        derandomize=not _DEEP,
        print_blob=True,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
