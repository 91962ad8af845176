"""What a repair may touch on a generated PC; everything else belongs to somebody else.

Independent of what the product decides: it is told by how the PC was made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.device_enrollment import thumbprint_for
from orchestrator.lab.programs_agents import INSTALLER_KEY, ONLINE_KEY, ONLINE_MANAGEMENT, PRODUCTS
from orchestrator.lab.store_baseline import ENROLLMENTS, LOGGER, MDM_EXTENSION, fixed_guid
from tests.metamorphic.generated import OTHERS
from tests.scripts.bench import AUTO_ENROLL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.metamorphic.generated import Spec

NAME = "PC-GENERATED"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_OTHERS = {
    fixed_guid(f"generated/{word}").lower() for word in (*OTHERS, "live", "pseudo 0", "pseudo 1")
}


def strangers(spec: Spec, diff: Iterable[str]) -> list[str]:
    """Return the lines of a difference that no repair of this PC may cause."""
    return [line for line in diff if not _may(spec, line.lower())]


def _may(spec: Spec, line: str) -> bool:
    named = set(_GUID.findall(line))
    if named & _OF_OTHERS:
        return False
    stale = {guid.lower() for guid in spec.stale_ids}
    if named & stale and line.startswith(("- ", "~ ")):
        return True
    if line.startswith("- certificates / "):
        own = {thumbprint_for(f"{NAME}/{guid}") for guid in spec.stale_ids}
        legacy = {thumbprint_for(f"{NAME}/SC_Online_Issuing")} if spec.legacy else set()
        return line.split(" / ")[1] in {thumbprint.lower() for thumbprint in own | legacy}
    if line.startswith("+ ") and _is_new(named, line):
        return True
    return any(part.lower() in line for part in _places(spec)) or line.startswith("~ events / ")


def _is_new(named: set[str], line: str) -> bool:
    """Whether it belongs to the enrollment that the service made: a GUID nobody had before."""
    return bool(named) or line.startswith("+ certificates / ")


def _places(spec: Spec) -> list[str]:
    places = [
        f"{LOGGER} / CurrentEnrollmentId",
        f"tasks / {AUTO_ENROLL}",
        f"{MDM_EXTENSION}\\0",
        *(f"services / {service} / " for service in spec.services),
        "services / DmEnrollmentSvc / state",
        "services / dmwappushservice / state",
        "services / W32Time / state",
    ]
    if spec.flag or spec.legacy:
        places.append(f"{ENROLLMENTS} / ExternallyManaged")
    if spec.legacy:
        places += [
            ONLINE_KEY,
            INSTALLER_KEY,
            f"files / {ONLINE_MANAGEMENT}",
            "services / OmcSvc",
            *(fixed_guid(f"product {product}") for product in PRODUCTS),
        ]
    return places
