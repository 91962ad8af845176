"""A simulated Windows PC as plain state: bend it by assignment, dump it, compare it.

- Reading or changing attributes never lets time pass. Time comes from a clock that is handed in;
  the duration of everything a program does is multiplied by `pace` before it is scheduled.
- What is due is done when the PC is looked at (`settle`): there are no threads.
- State is shared with the PC it was copied from until it is written; so a fleet of ten thousand
  fits one process.
- A `Device` is also a machine for the evaluator: it answers as its default seat, an
  administrator's remote session. Use `session()` for a seat of one's own.
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, uuid5

import orchestrator.lab.cmdlets  # noqa: F401 - registers the cmdlets
from orchestrator.lab.device_dump import diff_dumps, dump_device
from orchestrator.lab.device_identity import write_identity, write_name
from orchestrator.lab.device_seat import Running, Seat
from orchestrator.lab.faults import Refuse, find
from orchestrator.lab.store_baseline import (
    CLOUD_JOIN,
    POLICY,
    baseline,
)
from orchestrator.lab.store_state import (
    Cloud,
    Event,
    Host,
    Join,
    Network,
    Process,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from orchestrator.lab.device_seat import Mutex
    from orchestrator.lab.faults import Fault
    from orchestrator.lab.powershell.values import CaseDict
    from orchestrator.lab.programs import Ended

REBOOT_KEYS = (
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
)
SESSION_MANAGER = r"SYSTEM\CurrentControlSet\Control\Session Manager"


_Due = tuple["datetime", int, "Callable[[], None]", bool]


class Device:
    """One simulated PC.

    Attributes:
        name: computer name.
        clock: gives the lab's aware UTC time.
        pace: factor for every duration: 1.0 real, 0.001 for a demonstration.
        registry, tasks, services, files, certificates, events: see `store*`.
        join, users, cloud, network, host: frozen values; assign another.
        gpo: policy values of the MDM key that a group policy owns and restores.
        skew: seconds the PC's clock is ahead of the lab's.
        powered: False for a PC that is off.
        sticky: the enrollment engine remembers an enrollment until the next boot
            (community: 0x8018000A that persists after a verified clean-up).
        faults: what goes wrong, see `faults`.
        asked: how often each cmdlet and program was called.
        operations: how many changing operations were done.
        ledger: (kind, session, start, end) of work the wire recorded.
        story: name of the fleet entry it was built from.
    """

    __slots__ = (
        "_at",
        "_guids",
        "_queue",
        "_seat",
        "_serial",
        "asked",
        "away_until",
        "boot",
        "certificates",
        "clock",
        "cloud",
        "events",
        "faults",
        "files",
        "gpo",
        "host",
        "join",
        "ledger",
        "mutexes",
        "name",
        "network",
        "operations",
        "pace",
        "powered",
        "processes",
        "registry",
        "restarts",
        "services",
        "skew",
        "sticky",
        "story",
        "tasks",
        "users",
    )

    def __init__(self, name: str, *, clock: Callable[[], datetime], pace: float = 1.0) -> None:
        """Make an ordinary, hybrid-joined PC that is not enrolled yet."""
        shared = baseline()
        self.registry = shared.registry.copy()
        self.tasks = shared.tasks.copy()
        self.services = shared.services.copy()
        self.files = shared.files.copy()
        self.certificates = shared.certificates.copy()
        self.events = shared.events.copy()
        self.join = Join()
        self.users: tuple[User, ...] = (User(),)
        self.cloud = Cloud()
        self.network = Network()
        self.host = Host()
        self.gpo: tuple[tuple[str, int], ...] = ()
        self.story = ""
        self._fresh(name, clock, pace)
        self.set_policy(AutoEnrollMDM=1, UseAADCredentialType=1)
        write_identity(self)

    def _fresh(self, name: str, clock: Callable[[], datetime], pace: float) -> None:
        self.name = name
        self.clock = clock
        self.pace = pace
        self.skew = 0.0
        self.powered = True
        self.sticky = False
        self.away_until: datetime | None = None
        self.restarts: datetime | None = None
        self.boot = clock() - timedelta(days=1)
        self.faults: list[Fault] = []
        self.processes: dict[int, Process] = {}
        self.mutexes: dict[str, Mutex] = {}
        self.asked: Counter[str] = Counter()
        self.operations = 0
        self.ledger: list[tuple[str, str, float, float]] = []
        self._queue: list[_Due] = []
        self._serial = 1000
        self._guids = 0
        self._at: datetime | None = None
        self._seat: Seat | None = None

    def copy(self, name: str) -> Device:
        """Return another PC with the same state under another name, with nothing scheduled."""
        twin = Device.__new__(Device)
        for part in ("registry", "tasks", "services", "files", "certificates", "events"):
            setattr(twin, part, getattr(self, part).copy())
        for part in ("join", "users", "cloud", "network", "host", "gpo", "story"):
            setattr(twin, part, getattr(self, part))
        twin._fresh(name, self.clock, self.pace)  # noqa: SLF001 - it is one of us
        twin.skew, twin.powered, twin.sticky = self.skew, self.powered, self.sticky
        twin.faults = list(self.faults)
        write_name(twin)
        return twin

    def set_policy(self, **values: int) -> None:
        """Let a group policy deliver these values of the MDM key (and only these)."""
        for name, _ in self.gpo:
            self.registry.unset(POLICY, name)
        self.gpo = tuple(values.items())
        for name, data in self.gpo:
            self.registry.set(POLICY, name, data)

    def rejoin(self, join: Join) -> None:
        """Take another join state, with what the registry tells about it."""
        self.join = join
        self.registry.delete(CLOUD_JOIN + r"\TenantInfo")
        self.registry.create(CLOUD_JOIN + r"\TenantInfo")
        write_identity(self)

    @property
    def dns_name(self) -> str:
        """Name with the domain."""
        return f"{self.name}.{self.join.domain}" if self.join.part_of_domain else self.name

    @property
    def console_user(self) -> User | None:
        """Who is signed in at the screen, if anybody."""
        return next((user for user in self.users if user.kind == "console"), None)

    def reachable(self) -> bool:
        """Tell whether the PC accepts connections now."""
        away = self.away_until is not None and self.clock() < self.away_until
        return self.powered and not away and find(self.faults, Refuse) is None

    # -- time ---------------------------------------------------------------------------------

    def lab_now(self) -> datetime:
        """Return the lab's time; inside a scheduled action, the time it was due."""
        return self._at if self._at is not None else self.clock()

    def after(
        self,
        seconds: float,
        action: Callable[[], None],
        *,
        start: datetime | None = None,
        survives_boot: bool = False,
    ) -> datetime:
        """Schedule an action in simulated seconds from now, and return the lab time it is due."""
        due = (start or self.lab_now()) + timedelta(seconds=seconds * self.pace)
        self._serial += 1
        heapq.heappush(self._queue, (due, self._serial, action, survives_boot))
        return due

    def settle(self, until: datetime | None = None) -> None:
        """Do everything that is due by now, or by a lab time, in order."""
        limit = until or self.lab_now()
        while self._queue and self._queue[0][0] <= limit:
            due, _, action, _ = heapq.heappop(self._queue)
            before, self._at = self._at, due
            try:
                action()
            finally:
                self._at = before

    def reboot(self, seconds: float = 90.0) -> None:
        """Restart: sessions and processes die, the port closes, markers of a pending boot go."""
        start = self.lab_now()
        self.away_until = start + timedelta(seconds=seconds * self.pace)
        self.boot = self.away_until
        self._queue = [item for item in self._queue if item[3]]
        heapq.heapify(self._queue)
        for full, run in self.tasks.runs.items():
            if run.running:
                del self.tasks.runs[full]
        self.processes.clear()
        self.mutexes.clear()
        self.sticky = False
        for key in REBOOT_KEYS:
            self.registry.delete(key)
        self.registry.unset(SESSION_MANAGER, "PendingFileRenameOperations")
        self._seat = None

    # -- what programs do ---------------------------------------------------------------------

    def serial(self) -> int:
        """Return a number this PC has not used: process ids, run ids."""
        self._serial += 4
        return self._serial

    def log(
        self,
        channel: str,
        event_id: int,
        *data: int | str,
        message: str = "",
        level: int = 4,
        provider: str = "",
        when: datetime | None = None,
    ) -> Event | None:
        """Write an event, now or at another time; a channel that does not exist takes none."""
        known = self.events.get(channel)
        if known is None:
            return None
        event = Event(
            record=(known[-1].record if known else 0) + 1,
            id=event_id,
            time=when or self.lab_now() + timedelta(seconds=self.skew),
            data=data,
            message=message,
            level=level,
            provider=provider or channel.rpartition("/")[0],
        )
        self.events[channel] = (*known, event)
        return event

    def start(self, seat: Seat, path: str, arguments: str) -> Running | None:
        """Start a program; None when there is no such file."""
        from orchestrator.lab import programs  # noqa: PLC0415 - programs act on devices

        job = programs.prepare(seat, path, arguments)
        if job is None:
            return None
        running = Running(pid=self.serial(), name=programs.stem(path))
        self.processes[running.pid] = Process(
            pid=running.pid, name=running.name, owner=seat.account, command=arguments
        )

        def end(ended: Ended) -> None:
            running.ended = ended
            self.processes.pop(running.pid, None)
            for listener in running.listeners:
                listener(ended)

        def finish() -> None:
            ended = job.finish()
            if ended.later:
                running.due = self.after(ended.later, lambda: end(ended))
            else:
                end(ended)

        running.due = self.after(job.seconds, finish, start=seat.lab_now())
        if not job.seconds:
            self.settle(running.due)
        return running

    # -- dump ---------------------------------------------------------------------------------

    def dump(self, *, ours: bool = True) -> dict[str, object]:
        """Return the whole state as plain, ordered, comparable data.

        Args:
            ours: False leaves out what enrollmend keeps on the device: its key, folder and tasks.
        """
        self.settle()
        return dump_device(self, ours=ours)

    def diff(self, before: dict[str, object], *, ours: bool = True) -> list[str]:
        """Return one line for each difference between an earlier dump and now."""
        return diff_dumps(before, self.dump(ours=ours))

    # -- the machine of the evaluator: the default seat ---------------------------------------

    def session(self, identity: str = "admin") -> Seat:
        """Return a new seat: ``admin`` (remote administrator), ``system``, or a user's name."""
        return Seat(self, identity)

    @property
    def seat(self) -> Seat:
        """The default seat."""
        if self._seat is None or self._seat.killed():
            self._seat = Seat(self, "admin")
        return self._seat

    def now(self) -> datetime:
        """Return the PC's own time, skew included."""
        return self.seat.now()

    def sleep(self, seconds: float) -> None:
        """Let time pass for the default seat."""
        self.seat.sleep(seconds)

    def new_guid(self) -> str:
        """Return a GUID that is new on this PC and the same in every run of a test."""
        self._guids += 1
        return str(uuid5(NAMESPACE_DNS, f"{self.name}/{self._guids}"))

    @property
    def environment(self) -> CaseDict[str]:
        """The environment variables of the default seat."""
        return self.seat.environment

    @property
    def culture(self) -> str:
        """Name of the session's culture."""
        return self.host.culture

    @property
    def ps_version(self) -> str:
        """Version of Windows PowerShell."""
        return self.host.ps_version

    @property
    def is_64bit_process(self) -> bool:
        """Tell whether the default seat's process is a 64-bit one."""
        return self.seat.is_64bit_process

    @property
    def is_64bit_os(self) -> bool:
        """Every simulated PC runs 64-bit Windows."""
        return True

    def mutex(self, name: str) -> object:
        """Return a mutex object for the default seat."""
        return self.seat.mutex(name)

    def com_object(self, name: str) -> object:
        """Return a COM object."""
        return self.seat.com_object(name)

    def before_operation(self, name: str) -> None:
        """Count a changing operation, and let the faults strike."""
        self.seat.before_operation(name)

    def killed(self) -> bool:
        """Tell whether the default seat's session is gone; a new one is made when asked again."""
        return False
