"""Work on one run: observe, decide, act, observe again, as far as one session carries.

- The lease is taken before anything else and compared at every save: what another worker has
  taken over is dropped, not written.
- Every step is saved before the next one begins.
- Each foreign trouble arrives as a `DeviceError` and becomes an event; nothing is retried here.
- An error of the program becomes an event too, and is counted like any other.
"""

from __future__ import annotations

import logging
import math
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator import module
from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    Event,
    FactsRead,
    Probe,
    Restore,
    RunStages,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.history import describe
from orchestrator.domain.online_hours import OnlineHours
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.own_steps import PREFIX, judge_own
from orchestrator.domain.retry import Fault, Timings
from orchestrator.domain.step import apply, next_action
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    DeviceError,
    EnrollmendError,
    LeaseLost,
    ProtocolFailure,
    StoreError,
    Unreachable,
)
from orchestrator.usecases.breaker import BRAKE, stop_for_account
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Lease, Parameter, Ports, Session

_log = logging.getLogger(__name__)
_TELL = "report it with the traceback from the worker's log"
_IDENTITY = "Enrollmend.IdentityMismatch"
_LATE = frozenset({Fault.UNREACHABLE, Fault.TRANSIENT, Fault.OUTCOME_UNKNOWN})
_LATER = frozenset({"Enrollmend.Busy", "Enrollmend.FenceStale"})
_UNSUITABLE = "Enrollmend.UnsuitableHost"
_SUIT = (
    "connect with an account that is an administrator of the device, to a 64-bit endpoint whose"
    " language mode is not constrained (connection.configuration_name)"
)


def advance(run_id: str, ports: Ports, *, holder: str, timings: Timings | None = None) -> None:
    """Carry a run as far as one session does, and leave it resting, settled or called off.

    Does nothing when the run is not due, or its device is being worked on.

    Args:
        run_id: which run.
        ports: the world.
        holder: who works on it; shown to operators.
        timings: the waiting times; the product's own when None.

    Raises:
        StoreError: the ledger cannot be reached; the lease ends by itself and the run is due again.
    """
    claimed = ports.leases.claim(run_id, holder, ports.clock.now())
    if claimed is None:
        return
    run, lease = claimed
    attempt = _Attempt(run, lease, ports, timings or Timings())
    try:
        attempt.work()
    except LeaseLost:
        return  # another worker has the device, and the ledger what it saved
    except StoreError:
        ports.leases.release(attempt.lease)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and told
        attempt.fail(error)
    except BaseException:
        ports.leases.release(attempt.lease)
        raise


@dataclass(slots=True)
class _Attempt:
    """One session's worth of work on one run."""

    run: Run
    lease: Lease
    ports: Ports
    timings: Timings
    there: bool = False

    def work(self) -> None:
        """Open a session and loop until the run rests."""
        device = self.run.device
        self._record(AttemptBegan(at=self._now()))
        if self.run.under_way is None:
            return  # its workers were lost before, and it rests or is given up for that
        try:
            if not self.ports.presence.is_there(device):
                msg = f"{device} does not answer on the WinRM port"
                hint = "it is switched off, elsewhere, or WinRM is not set up on it"
                raise Unreachable(msg, host=str(device), hint=hint)
            self.there = True
            if self.ports.sightings is not None:
                self.ports.sightings.learn([device.key], self._now())
            with self.ports.sessions.open(device, seconds=self.timings.open_seconds) as session:
                while self._act(session):
                    pass
        except DeviceError as error:
            self._count(error)
            if isinstance(error, AuthenticationRefused):
                self._spare(error)
            self._broken(error)
        except CredentialsMissing as error:
            broken = AttemptBroken(
                at=self._now(), fault=Fault.ACCOUNT, text=str(error), hint=error.hint
            )
            self._record(broken)
        else:
            self._count(None)

    def fail(self, error: Exception) -> None:
        """Count an error of the program itself, which must not go round for ever.

        Told are its type and its place: its text may hold anything, a secret too.
        """
        what = f"an error of the program: {type(error).__name__} in {_place(error)}"
        if isinstance(error, EnrollmendError):  # made by us, without secrets
            what += f": {error}"
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("run %s on %s: %s\n%s", self.run.id, self.run.device, what, frames)
        broken = AttemptBroken(at=self._now(), fault=Fault.PROGRAM, text=what, hint=_TELL)
        try:
            self._record(broken)
        except LeaseLost:
            return  # it came after the run had been saved for good
        except BaseException:
            self.ports.leases.release(self.lease)
            raise

    def _act(self, session: Session) -> bool:
        """Carry out one action; False when the run rests."""
        match next_action(self.run):
            case Probe() as probe:
                self._probe(session, probe)
            case RunStages() as stages:
                self._repair(session, stages)
            case Restore() as restore:
                self._restore(session, restore)
            case _:
                return False
        return self.run.due is None and self.run.verdict is None

    def _probe(self, session: Session, probe: Probe) -> None:
        parameters: dict[str, Parameter] = {
            "Network": probe.network,
            "UserSession": probe.user_session,
            "OwnFact": [step.reading for step in self.ports.own_steps],
        }
        answers = session.invoke(
            "Get-EnrollmentFact", _given(parameters), seconds=self.timings.probe_seconds
        )
        if len(answers) != 1:
            msg = f"the device answered a reading with {len(answers)} objects instead of one"
            raise ProtocolFailure(msg, host=str(self.run.device))
        try:
            facts = Facts.parse(answers[0])
        except ValueError as error:
            raise ProtocolFailure(str(error), host=str(self.run.device)) from error
        own = judge_own(self.ports.own_steps, facts)
        read = FactsRead(
            at=self._now(), facts=facts, own=own, module=module.digest_with(self.ports.own_digest)
        )
        self._record(read)

    def _repair(self, session: Session, stages: RunStages) -> None:
        plan = stages.plan
        names = [stage.name for stage in plan.stages]
        parameters: dict[str, Parameter] = {
            **self._who(self.run.id),
            "Stage": [name for name in names if not name.startswith(PREFIX)],
            "EnrollmentId": list(plan.enrollment_ids),
            "Thumbprint": list(plan.thumbprints),
            "ServiceName": list(plan.service_names),
            "CredentialType": plan.credential_type,
            "AllowConfigMgrRemoval": self.run.options.allow_configmgr_removal,
            "AgentSeconds": math.ceil(self.timings.agent_removal),
            "RebootSignedIn": self.run.options.reboot == "allow",
            "OwnStep": [step.repair for step in self.ports.own_steps if step.stage in names],
        }
        self._stages(session, "Invoke-EnrollmentRepair", parameters)

    def _restore(self, session: Session, restore: Restore) -> None:
        parameters = {
            **self._who(restore.run_id),
            "OwnUndo": [step.undo for step in self.ports.own_steps if step.repairs],
        }
        self._stages(session, "Restore-EnrollmentBackup", parameters)

    def _who(self, run_id: str) -> dict[str, Parameter]:
        return {
            "RunId": run_id,
            "Fence": self.lease.fence,
            "ComputerName": self.run.device.key,
        }

    def _stages(self, session: Session, function: str, parameters: dict[str, Parameter]) -> None:
        session.invoke(
            function,
            _given(parameters),
            seconds=self.timings.device_seconds,
            on_object=self._outcome,
        )
        self._record(StagesEnded(at=self._now()))

    def _outcome(self, document: dict[str, object]) -> None:
        try:
            outcome = Outcome.parse(document)
        except ValueError as error:
            raise ProtocolFailure(str(error), host=str(self.run.device)) from error
        self._record(StageEnded(at=self._now(), outcome=outcome))

    def _spare(self, error: AuthenticationRefused) -> None:
        """Pause campaigns when the account was refused too often, now or before."""
        if error.refused_by or (error.code == BRAKE and self.run.campaign):
            stop_for_account(error, self.ports)

    def _count(self, error: DeviceError | None) -> None:
        """Count how an attempt that reached its device ended, for the load of its site."""
        if self.there and self.run.site and self.ports.loads is not None:
            late = error is not None and error.kind in _LATE and error.code != BRAKE
            self.ports.loads.note(self.run.site, late=late)

    def _broken(self, error: DeviceError) -> None:
        fault, hint, hours = Fault(error.kind), error.hint, OnlineHours()
        if error.code in _LATER:
            fault = Fault.TRANSIENT
        elif error.code == _UNSUITABLE:
            fault, hint = Fault.UNSUITABLE, error.hint or _SUIT
        elif error.code == BRAKE and self.run.campaign:
            fault = Fault.SPARED
        elif error.code == BRAKE and fault is Fault.AUTH:
            fault = Fault.ACCOUNT  # somebody waits for this one and can be told
        if fault is Fault.UNREACHABLE and self.ports.sightings is not None:
            hours = self.ports.sightings.hours(self.run.device.key, self._now())
        self._record(
            AttemptBroken(
                at=self._now(),
                fault=fault,
                text=str(error),
                hint=hint,
                identity=error.code == _IDENTITY,
                hours=hours,
            )
        )

    def _record(self, event: Event) -> None:
        """Apply the event and save before anything else happens."""
        after = apply(self.run, event, self.timings)
        entries = [
            Entry(
                run_id=after.id,
                device=after.device.key,
                campaign=after.campaign,
                at=event.at,
                kind=kind,
                state=after.state.value,
                text=text,
            )
            for kind, text in describe(self.run, event, after)
        ]
        self.run = self.ports.leases.save(after, entries, self.lease)

    def _now(self) -> datetime:
        return self.ports.clock.now()


def _place(error: Exception) -> str:
    """Return the module, the function and the line of ours that an error came through last."""
    ours = "an unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == __name__.partition(".")[0]:
            ours = f"{name}.{frame.f_code.co_name}, line {line}"
    return ours


def _given(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return the parameters without empty lists: what is not named is left out."""
    return {name: value for name, value in parameters.items() if value != []}
