"""What somebody approved for one device, and whether a plan keeps within it.

- Before the first change the plan must be the approved one; a plan that differs changes nothing.
- Once the repair has begun, what is left to do is less: then nothing may be added.
- A restart that turns out to be wanted during the repair is none added: whether PCs may be
  restarted is an option of the approved plan, and a run whose option is ``never`` has none.
- A device that was not read for the plan has no plan of its own: it may have the stages it was
  allowed, or none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from orchestrator.domain.plan import Plan
from orchestrator.domain.restart import STAGE as RESTART


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What may be done to a device.

    Attributes:
        digest: of its approved plan; empty for a device that was not read.
        stages: names of the stages it may have.
        subjects: enrollment ids, thumbprints and services they may touch; of no meaning without
            a digest.
        begun: a repair within it has begun.
        module: digest of the PowerShell module, and of the site's own steps, whose functions may
            run, or its beginning; empty for any.
    """

    digest: str = ""
    stages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    begun: bool = False
    module: str = ""


def subjects_of(plan: Plan) -> tuple[str, ...]:
    """Return what the stages of a plan may touch, in an order of its own."""
    touched = (*plan.enrollment_ids, *plan.thumbprints, *plan.service_names)
    return tuple(sorted({each.lower() for each in touched}))


def digest_of(stages: tuple[str, ...], subjects: tuple[str, ...]) -> str:
    """Return a digest over stages and what they may touch, as 32 hex digits."""
    text = "\n".join((*stages, "", *subjects))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def other_module(approved: Approved, module: str) -> str:
    """Return why a worker's module may not change the device; empty when it may.

    Args:
        approved: what may be done.
        module: digest of the module the worker would run.
    """
    if module.startswith(approved.module):
        return ""
    return (
        "the worker has another version of the PowerShell module, or other steps of the site's"
        " own, than was approved"
    )


def beyond(plan: Plan, approved: Approved) -> str:
    """Return how a plan differs from what was approved; empty when it may be carried out."""
    stages = tuple(stage.name for stage in plan.stages)
    within = (*approved.stages, RESTART) if approved.begun else approved.stages
    more = [name for name in stages if name not in within]
    if more and not approved.stages:
        return f"it needs {', '.join(more)}, and no change to it was approved"
    if more:
        return f"it needs {', '.join(more)}, which was not approved for it"
    if not approved.digest:
        return ""
    subjects = subjects_of(plan)
    added = [each for each in subjects if each not in approved.subjects]
    if added:
        return f"it has something more to be touched than was approved: {', '.join(added[:3])}"
    if not approved.begun and digest_of(stages, subjects) != approved.digest:
        return "it needs less than was approved: it has changed since it was read"
    return ""
