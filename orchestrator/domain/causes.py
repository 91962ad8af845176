"""The catalogue: every reason why a PC is not enrolled, as data.

- A cause is one entry: who owns it, what is done about it, and what happens next.
- `rank` orders what is found on one PC; the lowest decides. What somebody else has to change
  comes before what can be repaired: nothing is cleaned for nothing.
- An entry with `from_code` rests on an error code alone. It counts while the attempt that wrote
  the code is recent; after that the attempt is repeated before anybody is sent for.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from orchestrator.domain.cause import Cause
from orchestrator.domain.causes_device import DEVICE_CAUSES
from orchestrator.domain.causes_join import JOIN_CAUSES
from orchestrator.domain.causes_owner import OWNER_CAUSES
from orchestrator.domain.causes_service import SERVICE_CAUSES
from orchestrator.domain.causes_user import USER_CAUSES
from orchestrator.errors import NotFound

__all__ = ["CAUSES", "Cause", "cause"]

CAUSES: Mapping[str, Cause] = {
    entry.name: entry
    for entry in sorted(
        (*OWNER_CAUSES, *JOIN_CAUSES, *DEVICE_CAUSES, *USER_CAUSES, *SERVICE_CAUSES),
        key=lambda entry: (entry.rank, entry.name),
    )
}
"""Every cause by name, in the order of their ranks."""


def cause(name: str) -> Cause:
    """Return an entry of the catalogue.

    Raises:
        NotFound: there is none of that name; the hint names the nearest.
    """
    found = CAUSES.get(name.strip().lower().replace("-", "_"))
    if found is None:
        near = difflib.get_close_matches(name, CAUSES, n=1)
        hint = f"did you mean {near[0]}?" if near else "`enrollmend cause ls` lists them"
        msg = f"there is no cause named {name!r}"
        raise NotFound(msg, hint=hint)
    return found
