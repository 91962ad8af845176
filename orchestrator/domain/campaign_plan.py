"""What a campaign would do to each of its devices: the document somebody approves.

- The digest covers everything in it but when it was written: an edited document is noticed.
- A device that was not read has no stages of its own; the policy says what it may have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.domain.campaign import CampaignPolicy
from orchestrator.domain.plan import Decision, PlannedStage
from orchestrator.domain.run import RunOptions, Verdict

SCHEMA = "enrollmend.plan/v1"


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
