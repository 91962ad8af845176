"""A simulated PC and the shipped module on it, with a clock that only a test moves."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from orchestrator.domain.facts import apart
from orchestrator.lab import cmdlets  # noqa: F401 - registers the Windows cmdlets
from orchestrator.lab.device import Device
from orchestrator.lab.device_enrollment import enroll
from orchestrator.lab.powershell import Command, Runspace, Statement
from orchestrator.lab.store_state import FORMER_TENANT_ID, User
from orchestrator.module import functions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.lab.powershell import Coverage, Record

MODULE_TEXT = "\n".join(function.text for function in functions().values())
ONE = "5e7a1c7e-0b1d-4c0a-9d55-0c2f6f1b7a01"
LINKED = "LinkedEnrollment"
TWO = "8b9e4f10-7c32-4a7e-b2f4-63c1d90f5e02"
THREE = "c4d1a2b3-1111-4222-8333-9a8b7c6d5e03"
ENROLLMENTS = r"SOFTWARE\Microsoft\Enrollments"
OURS = r"SOFTWARE\enrollmend"
OMADM = r"SOFTWARE\Microsoft\Provisioning\OMADM"
AUTO_ENROLL = (
    "\\Microsoft\\Windows\\EnterpriseMgmt\\"
    "Schedule created by enrollment client for automatically enrolling in MDM from AAD"
)


@dataclass(frozen=True)
class Answer:
    """What one call gave.

    Attributes:
        state: ``Completed``, ``Failed`` or ``Stopped``.
        documents: the JSON objects, decoded.
        error: the id of the terminating error, up to the comma.
        message: its text.
    """

    state: str
    documents: list[dict[str, Any]]
    error: str = ""
    message: str = ""
    texts: list[str] = field(default_factory=list)

    @property
    def one(self) -> dict[str, Any]:
        """The one document, of a call that must have succeeded."""
        assert self.state == "Completed", f"{self.error}: {self.message}"
        assert len(self.documents) == 1
        return self.documents[0]

    def stage(self, name: str) -> dict[str, Any]:
        """The outcome of one stage, of a call that must have succeeded."""
        assert self.state == "Completed", f"{self.error}: {self.message}"
        return next(document for document in self.documents if document["stage"] == name)

    @property
    def statuses(self) -> dict[str, str]:
        """Stage to status, of a call that must have succeeded."""
        assert self.state == "Completed", f"{self.error}: {self.message}"
        return {document["stage"]: document["status"] for document in self.documents}


class Bench:
    """One PC and everything a test does with it.

    Attributes:
        watched_by: collects, for every bench there is, which lines of the module ran.
        more: functions loaded beside the module.
    """

    watched_by: ClassVar[Coverage | None] = None

    def __init__(self, name: str = "PC-0042") -> None:
        self.now = datetime(2026, 11, 25, 4, tzinfo=UTC)
        self.device = Device(name, clock=lambda: self.now)
        self.device.users = (User(),)
        self.mode = "FullLanguage"
        self.more = ""

    def later(self, seconds: float) -> None:
        """Move the clock and let what is due happen."""
        self.now += timedelta(seconds=seconds)
        self.device.settle()

    def call(self, function: str, /, **parameters: object) -> Answer:
        """Call a function in a session of its own."""
        runspace = Runspace(
            self.device.session(), language_mode=self.mode, coverage=self.watched_by
        )
        runspace.load("$ErrorActionPreference = 'Stop'")
        runspace.load(MODULE_TEXT)
        runspace.load(self.more)
        records: list[Record] = []
        given: list[tuple[str | None, object]] = [
            (name, None if value is True else value)
            for name, value in parameters.items()
            if value is not False
        ]
        result = runspace.invoke([Statement([Command(function, arguments=given)])], records.append)
        # The wire holds a session open for as long as its script slept.
        self.later(result.elapsed)
        texts = [str(record.value) for record in records if record.stream == "output"]
        errors: list[Any] = [record.value for record in records if record.stream == "error"]
        error = result.error or (errors[0] if errors else None)
        return Answer(
            state=result.state,
            documents=[json.loads(text) for text in texts],
            error=error.error_id.split(",")[0] if error else "",
            message=error.message if error else "",
            texts=texts,
        )

    def script(self, text: str) -> str:
        """Run a script of a test's own beside the module; return the id of its error."""
        runspace = Runspace(self.device.session(), coverage=self.watched_by)
        runspace.load(MODULE_TEXT)
        result, _ = runspace.run("$ErrorActionPreference = 'Stop'\n" + text)
        self.later(result.elapsed)
        return result.error.error_id.split(",")[0] if result.error else ""

    def facts(self, **parameters: object) -> dict[str, Any]:
        """Read the facts, with an entry for each enrollment."""
        facts = self.call("Get-EnrollmentFact", **parameters).one
        if "enrollments" in facts:
            facts["enrollments"] = apart(facts["enrollments"])
        return facts

    def repair(
        self,
        *stages: str,
        run: str = "r-1",
        fence: int = 1,
        ids: Sequence[str] = (),
        thumbprints: Sequence[str] = (),
        services: Sequence[str] = (),
        name: str = "",
        **more: object,
    ) -> Answer:
        """Run stages of a repair."""
        return self.call(
            "Invoke-EnrollmentRepair",
            RunId=run,
            Fence=fence,
            ComputerName=name or self.device.name,
            Stage=list(stages),
            EnrollmentId=list(ids),
            Thumbprint=list(thumbprints),
            ServiceName=list(services),
            **more,
        )

    def restore(self, *, run: str = "r-1", fence: int = 99, **more: object) -> Answer:
        """Undo a run."""
        return self.call(
            "Restore-EnrollmentBackup",
            RunId=run,
            Fence=fence,
            ComputerName=self.device.name,
            **more,
        )

    def journal(self, run: str = "r-1") -> dict[str, Any]:
        """Read the journal of a run."""
        return self.call("Get-EnrollmentJournal", RunId=run).one

    def dump(self) -> dict[str, object]:
        """Everything on the PC but what we keep there ourselves."""
        return self.device.dump(ours=False)

    def diff(self, before: dict[str, object]) -> list[str]:
        """What has changed since, but for what we keep there ourselves."""
        return self.device.diff(before, ours=False)

    # -- what is wrong with it ----------------------------------------------------------------

    def stale(self, guid: str = ONE) -> str:
        """Leave a whole enrollment of a former tenant behind; return its thumbprint."""
        return enroll(self.device, guid.upper(), tenant=FORMER_TENANT_ID, age_days=400)

    def live(self, guid: str = THREE) -> str:
        """Enroll the PC; return the thumbprint."""
        return enroll(self.device, guid.upper(), age_days=10)

    def alone(self) -> None:
        """Let nobody be signed in."""
        self.device.users = ()


def place(line: int) -> tuple[str, int]:
    """Return function and line in it for a line of the joined text."""
    first = 1
    for function in functions().values():
        length = function.text.count("\n") + 1
        if line < first + length:
            return function.name, line - first + 1
        first += length
    return "", line
