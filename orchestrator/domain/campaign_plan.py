"""What a campaign would do to each of its devices: the document somebody approves.

- The digest covers everything in it but when it was written: an edited document is noticed.
- A device that was not read has no stages of its own; the policy says what it may have.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from functools import cache

from orchestrator.domain.approval import Approved, digest_of, subjects_of
from orchestrator.domain.campaign import CampaignPolicy
from orchestrator.domain.campaign_tally import mark_of
from orchestrator.domain.plan import Decision, PlannedStage
from orchestrator.domain.run import Run, RunOptions, Verdict
from orchestrator.domain.stages import STAGE_ORDER
from orchestrator.domain.wave import by_stratum

SCHEMA = "enrollmend.plan/v1"
_DIGITS = 32  # of the digest of the module: it is kept once for each device


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlan:
    """What would be done to one device.

    Attributes:
        device: its name as it was given.
        site: where it is; empty when nobody said.
        verdict: how the reading ended: ``diagnosed``, ``already_enrolled``, ``away_expired`` (it
            did not answer), ``failed``, ``identity_mismatch``.
        decision: what happens to it; None when it was not read.
        cause: what decides, from the catalogue; a kind of fault when it could not be read.
        owner: who has to act next; empty when not known.
        stages: in order, each with its reason; empty unless it is repaired.
        subjects: enrollment ids, thumbprints and services the stages may touch.
        next_action: one sentence.
        stratum: canaries are taken from each: cause, OS build and site.
    """

    device: str
    site: str = ""
    verdict: Verdict
    decision: Decision | None = None
    cause: str = ""
    owner: str = ""
    stages: tuple[PlannedStage, ...] = ()
    subjects: tuple[str, ...] = ()
    next_action: str = ""
    stratum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """A campaign's plan as it is written to a file, read again, and approved.

    Attributes:
        campaign: its id.
        name, author: as in the campaign.
        created: when the document was made; not part of the digest.
        module: digest of the PowerShell module whose functions would run.
        options, policy: what would be allowed.
        devices: every target, by name.
        digest: SHA-256 over all the others but `created`, as 64 hex digits.
    """

    campaign: str
    name: str
    author: str
    created: datetime
    module: str
    options: RunOptions = field(default_factory=RunOptions)
    policy: CampaignPolicy = field(default_factory=CampaignPolicy)
    devices: tuple[DevicePlan, ...] = ()
    digest: str = ""
    schema: str = SCHEMA

    @property
    def causes(self) -> Mapping[str, int]:
        """Devices by deciding cause, the most frequent first."""
        return dict(Counter(each.cause for each in self.devices if each.cause).most_common())

    @property
    def owners(self) -> Mapping[str, int]:
        """Devices that are not enrolled, by who has to act next, the most frequent first."""
        open_ = [each for each in self.devices if each.verdict is not Verdict.ALREADY_ENROLLED]
        return dict(Counter(each.owner for each in open_ if each.owner).most_common())

    @property
    def stages(self) -> Mapping[str, int]:
        """Devices by stage that would run on them, the most frequent first."""
        names = (stage.name for each in self.devices for stage in each.stages)
        return dict(Counter(names).most_common())

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """Devices by how their reading ended."""
        return dict(Counter(each.verdict for each in self.devices))

    @property
    def repairs(self) -> int:
        """How many devices would be changed."""
        return sum(each.decision is Decision.REPAIR for each in self.devices)

    @property
    def unseen(self) -> int:
        """How many devices were not read, and so have no plan of their own."""
        return sum(each.decision is None for each in self.devices)

    @property
    def resolved_budget(self) -> int:
        """How many devices may fail.

        Raises:
            InvalidInput: the share comes to nothing for so many devices.
        """
        return self.policy.spread.max_failures.of(len(self.devices), where="the failure budget")


def device_plan(run: Run) -> DevicePlan:
    """Return what would be done to the device of a run that read it.

    Args:
        run: at its end.
    """
    mark = mark_of(run)
    plan = run.plan
    repaired = plan is not None and plan.decision is Decision.REPAIR
    return DevicePlan(
        device=run.device.text,
        site=run.site,
        verdict=run.verdict or Verdict.FAILED,
        decision=plan.decision if plan else None,
        cause=mark.cause,
        owner=mark.owner.value if mark.owner else "",
        stages=plan.stages if plan and repaired else (),
        subjects=subjects_of(plan) if plan and repaired else (),
        next_action=run.next_action,
        stratum="|".join((mark.cause, str(run.build or ""), run.site)),
    )


def approved_for(device: DevicePlan, union: tuple[str, ...], module: str = "") -> Approved:
    """Return what may be done to a device.

    Args:
        device: its plan.
        union: what a device that was not read may have; empty for nothing.
        module: digest of the module that would run.
    """
    stages = tuple(stage.name for stage in device.stages)
    if device.decision is None:
        return Approved(stages=union, module=module[:_DIGITS] if union else "")
    if not stages:
        return Approved()
    return Approved(
        digest=digest_of(stages, device.subjects),
        stages=stages,
        subjects=device.subjects,
        module=module[:_DIGITS],
    )


def union_of(devices: Iterable[DevicePlan]) -> tuple[str, ...]:
    """Return every stage some device has, in order; those of the site's own come last."""
    found = {stage.name for device in devices for stage in device.stages}
    ordered = tuple(name for name in STAGE_ORDER if name in found)
    return ordered + tuple(sorted(found - set(ordered)))


def in_turn(devices: Iterable[DevicePlan]) -> list[DevicePlan]:
    """Return the devices in the order in which they are released: each wave covers all strata."""
    known = {device.device: device for device in devices}
    return [known[name] for name in by_stratum([(d.device, d.stratum) for d in known.values()])]


def plain(value: object) -> object:
    """Return a value as plain JSON values, without what equals its default.

    Args:
        value: dataclasses, enums, tuples, times and plain values, nested in any way.
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        whole = int(value)  # type: ignore[call-overload] # it is a float
        return whole if whole == value else value  # so that 1200 and 1200.0 are one to a digest
    if kind is tuple:
        return [plain(item) for item in value]  # type: ignore[attr-defined] # it is a tuple
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return {
        name: plain(item)
        for name, default in _defaults(kind)  # type: ignore[arg-type] # a class is hashable
        if (item := getattr(value, name)) != default
    }


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """Return each field of a dataclass with its default; `MISSING` where it has none."""
    return tuple(
        (each.name, each.default if each.default_factory is MISSING else each.default_factory())
        for each in fields(kind)
    )


def digest_of_document(document: PlanDocument) -> str:
    """Return the SHA-256 over everything a document says but when it was made."""
    bare = plain(replace(document, digest=""))
    assert isinstance(bare, dict)  # noqa: S101 - a dataclass gives a dict
    del bare["created"]
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
