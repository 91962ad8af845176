"""Who sits at a simulated PC: an administrator's remote session, SYSTEM, or a user.

- A seat has its own idea of time: the sleeps of a script run ahead of the lab's clock, and the
  clock catches up while the wire holds the records back.
- Mutexes are global on the PC. One that was released by a script whose sleeps run ahead stays held
  until that moment; one whose session was killed is abandoned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.faults import KillAfterOperation, RebootUnderYou, find, strike
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.signals import SessionKilled, runtime_error
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal
from orchestrator.lab.store import registry_parts, registry_path
from orchestrator.lab.store_files import clean_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.device import Device
    from orchestrator.lab.programs import Ended
    from orchestrator.lab.store_state import User

# Microsoft: registry keys affected by WOW64: these are shared between both views.
_SHARED_KEYS = (
    ("HKLM", "SOFTWARE", "CLASSES"),
    ("HKLM", "SOFTWARE", "POLICIES"),
    ("HKLM", "SOFTWARE", "WOW6432NODE"),
    ("HKLM", "SOFTWARE", "MICROSOFT", "SYSTEMCERTIFICATES"),
    ("HKLM", "SOFTWARE", "MICROSOFT", "ENTERPRISECERTIFICATES"),
    ("HKLM", "SOFTWARE", "MICROSOFT", "CRYPTOGRAPHY", "CALAIS"),
    ("HKLM", "SOFTWARE", "MICROSOFT", "WINDOWS", "CURRENTVERSION", "GROUP POLICY"),
)


@dataclass(eq=False, slots=True)
class Running:
    """A program that was started.

    Attributes:
        due: lab time at which it ends, as far as is known.
        ended: how it ended; None while it runs.
        listeners: called with the end.
    """

    pid: int
    name: str
    due: datetime = datetime.min  # noqa: DTZ901 - set when it starts
    ended: Ended | None = None
    listeners: list[Callable[[Ended], None]] = field(default_factory=list)

    def over(self) -> bool:
        """Tell whether it has ended."""
        return self.ended is not None


@dataclass(eq=False, slots=True)
class Mutex:
    """A named mutex of the PC.

    Attributes:
        owner: the seat that holds it.
        count: how often the owner took it.
        held_until: lab time until which a release that lies ahead keeps it.
        abandoned: its owner was killed while it held it.
    """

    owner: Seat | None = None
    count: int = 0
    held_until: datetime | None = None
    last_owner: Seat | None = None
    abandoned: bool = False


class Seat:
    """A machine for the evaluator: one session on one PC.

    Attributes:
        device: the PC.
        identity: ``admin``, ``system``, or the name of a user with a session.
        bits: 32 or 64, of the process.
        torn: what it was writing as it died is left half written.
    """

    __slots__ = (
        "_ahead",
        "_dead",
        "_environment",
        "bits",
        "device",
        "identity",
        "operations",
        "torn",
    )

    def __init__(self, device: Device, identity: str = "admin", *, bits: int = 0) -> None:
        """Sit down."""
        self.device = device
        self.identity = identity
        self.bits = bits or (device.host.process_bits if identity == "admin" else 64)
        self.operations = 0
        self.torn = False
        self._ahead: datetime | None = None
        self._dead = False
        self._environment: CaseDict[str] | None = None

    @property
    def is_system(self) -> bool:
        """Tell whether this is the SYSTEM account."""
        return self.identity == "system"

    @property
    def user(self) -> User | None:
        """The user with a session whose seat this is, if it is one."""
        wanted = self.identity.lower()
        return next((user for user in self.device.users if user.name.lower() == wanted), None)

    @property
    def account(self) -> str:
        """The account's name."""
        if self.is_system:
            return "NT AUTHORITY\\SYSTEM"
        if self.identity == "admin":
            return f"{self.device.join.netbios}\\svc-enrollmend"
        return self.identity

    @property
    def culture(self) -> str:
        """Name of the session's culture."""
        return self.device.host.culture

    @property
    def ps_version(self) -> str:
        """Version of Windows PowerShell."""
        return self.device.host.ps_version

    @property
    def is_64bit_process(self) -> bool:
        """Tell whether the process is a 64-bit one."""
        return self.bits == 64  # noqa: PLR2004

    @property
    def is_64bit_os(self) -> bool:
        """Every simulated PC runs 64-bit Windows."""
        return True

    # -- time -----------------------------------------------------------------------------

    def lab_now(self) -> datetime:
        """Return the lab's time as this seat sees it."""
        now = self.device.lab_now()
        return now if self._ahead is None or self._ahead < now else self._ahead

    def meet(self, other: Seat) -> None:
        """Take over another seat's time, when it starts something for us."""
        self._ahead = other.lab_now()

    def now(self) -> datetime:
        """Return the PC's own time, skew included."""
        return self.lab_now() + timedelta(seconds=self.device.skew)

    def sleep(self, seconds: float) -> None:
        """Let simulated time pass, and do what is due by then."""
        self._ahead = self.lab_now() + timedelta(seconds=seconds * self.device.pace)
        self.device.settle(self._ahead)

    def wait_for(
        self,
        running: Running,
        seconds: float | None = None,
        *,
        sleep: Callable[[float], None] | None = None,
    ) -> bool:
        """Wait for a program to end, at most so long; tell whether it did.

        Args:
            running: the program.
            seconds: how long at most, in simulated seconds.
            sleep: lets time pass, when somebody else counts it; ours otherwise.
        """
        pause = sleep or self.sleep
        pace = self.device.pace or 1.0
        limit = None if seconds is None else self.lab_now() + timedelta(seconds=seconds * pace)
        while not running.over():
            target = running.due if limit is None else min(running.due, limit)
            left = (target - self.lab_now()).total_seconds()
            pause(max(0.0, left / pace))
            self.device.settle(self.lab_now())
            if running.over() or running.pid not in self.device.processes:
                return True
            if limit is not None and self.lab_now() >= limit:
                return False
        return True

    # -- session --------------------------------------------------------------------------

    def killed(self) -> bool:
        """Tell whether the session is gone."""
        return self._dead

    def close(self) -> None:
        """End the session: mutexes it still holds are abandoned."""
        self._dead = True
        for mutex in self.device.mutexes.values():
            if mutex.owner is self:
                mutex.owner, mutex.count, mutex.abandoned = None, 0, True

    def before_operation(self, name: str) -> None:
        """Count a changing operation, and let the faults strike.

        Raises:
            SessionKilled: the session, or the PC under it, is gone; no script can catch that.
        """
        faults = self.device.faults
        if self.identity == "admin" and faults:
            kill = find(faults, KillAfterOperation)
            if kill is not None and self.operations >= kill.operations:
                strike(faults, KillAfterOperation)
                self.close()
                if kill.torn and name in {"Set-Content", "Add-Content"}:
                    self.torn = True  # it writes half, and is found dead when it has
                    return
                msg = f"session killed before {name}"
                raise SessionKilled(msg)
            boot = find(faults, RebootUnderYou)
            if boot is not None and self.operations >= boot.operations:
                strike(faults, RebootUnderYou)
                self.close()
                self.device.reboot(boot.seconds)
                msg = f"the device restarts before {name}"
                raise SessionKilled(msg)
        self.operations += 1
        self.device.operations += 1

    def new_guid(self) -> str:
        """Return a GUID that is new on this PC."""
        return self.device.new_guid()

    @property
    def environment(self) -> CaseDict[str]:
        """The environment variables of this account's processes."""
        if self._environment is None:
            device = self.device
            domain, _, name = self.account.rpartition("\\")
            if self.is_system:
                name = f"{device.name}$"
            home = (
                r"C:\Windows\system32\config\systemprofile"
                if self.is_system
                else (f"C:\\Users\\{name}")
            )
            temp = r"C:\Windows\TEMP" if self.is_system else home + r"\AppData\Local\Temp"
            files = r"C:\Program Files (x86)" if self.bits == 32 else r"C:\Program Files"  # noqa: PLR2004
            self._environment = CaseDict(
                {
                    "ALLUSERSPROFILE": r"C:\ProgramData",
                    "COMPUTERNAME": device.name,
                    "ProgramData": r"C:\ProgramData",
                    "ProgramFiles": files,
                    "ProgramFiles(x86)": r"C:\Program Files (x86)",
                    "ProgramW6432": r"C:\Program Files",
                    "PROCESSOR_ARCHITECTURE": "x86" if self.bits == 32 else "AMD64",  # noqa: PLR2004
                    "SystemDrive": "C:",
                    "SystemRoot": r"C:\Windows",
                    "TEMP": temp,
                    "TMP": temp,
                    "USERDOMAIN": domain,
                    "USERNAME": name,
                    "USERPROFILE": home,
                    "windir": r"C:\Windows",
                }
            )
            if self.bits == 32:  # noqa: PLR2004
                self._environment["PROCESSOR_ARCHITEW6432"] = "AMD64"
            if device.join.part_of_domain:
                self._environment["USERDNSDOMAIN"] = device.join.domain.upper()
        return self._environment

    # -- views ----------------------------------------------------------------------------

    def key_path(self, path: str) -> str:
        r"""Return the registry path this process really opens.

        A 32-bit process is sent to ``WOW6432Node`` below ``HKLM\SOFTWARE``, but for shared keys
        (Microsoft: registry redirector).
        """
        if self.bits != 32:  # noqa: PLR2004
            return registry_path(path)
        parts = registry_parts(path)
        if parts[:2] and [p.upper() for p in parts[:2]] == ["HKLM", "SOFTWARE"]:
            upper = tuple(part.upper() for part in parts)
            if not any(upper[: len(shared)] == shared for shared in _SHARED_KEYS):
                parts = ("HKLM", "SOFTWARE", "WOW6432Node", *parts[2:])
        return "\\".join(parts)

    def file_path(self, path: str) -> str:
        r"""Return the file path this process really opens.

        ``System32`` is ``SysWOW64`` for a 32-bit process, and ``Sysnative`` exists only there
        (Microsoft: file system redirector).
        """
        whole = clean_path(path)
        if self.bits != 32:  # noqa: PLR2004
            return whole
        lower = whole.lower()
        for alias, real in (
            ("c:\\windows\\system32", "C:\\Windows\\SysWOW64"),
            ("c:\\windows\\sysnative", "C:\\Windows\\System32"),
        ):
            if lower == alias or lower.startswith(alias + "\\"):
                return real + whole[len(alias) :]
        return whole

    def expand(self, text: str) -> str:
        """Replace ``%NAME%`` by the environment's values."""
        parts = text.split("%")
        for index in range(1, len(parts) - 1, 2):
            parts[index] = self.environment.get(parts[index], f"%{parts[index]}%")
        return "".join(parts)

    # -- objects --------------------------------------------------------------------------

    def com_object(self, name: str) -> PSObject:
        """Return a COM object.

        Raises:
            Refusal: a class the lab does not model.
        """
        from orchestrator.lab.cmdlets.network import win_http_request  # noqa: PLC0415 - below it
        from orchestrator.lab.cmdlets.schedule_com import service  # noqa: PLC0415 - below it

        known = {"schedule.service": service, "winhttp.winhttprequest.5.1": win_http_request}
        if name.lower() not in known:
            what = f"New-Object -ComObject {name}"
            raise Refusal(what)
        return known[name.lower()](self)

    def mutex(self, name: str) -> PSObject:
        """Return a ``System.Threading.Mutex`` of that name."""
        mutex = self.device.mutexes.setdefault(name.lower(), Mutex())

        def wait_one(milliseconds: object = -1, *_: object) -> bool:
            return self._take(mutex, int(str(milliseconds)))

        def release() -> object:
            if mutex.owner is not self:
                error_id = "ApplicationException"
                raise runtime_error(
                    error_id,
                    "Object synchronization method was called from an unsynchronized block.",
                    exception="System.ApplicationException",
                )
            mutex.count -= 1
            if not mutex.count:
                mutex.owner, mutex.last_owner = None, self
                mutex.held_until = self.lab_now()
            return NOTHING

        def close() -> object:
            return NOTHING  # closing a handle releases nothing

        return PSObject(
            "System.Threading.Mutex",
            methods=CaseDict(
                {
                    "WaitOne": wait_one,
                    "ReleaseMutex": release,
                    "Close": close,
                    "Dispose": close,
                }
            ),
            native=mutex,
        )

    def _take(self, mutex: Mutex, milliseconds: int) -> bool:
        pace = self.device.pace
        wait = timedelta.max if milliseconds < 0 else timedelta(milliseconds=milliseconds * pace)
        if mutex.owner is not None and mutex.owner is not self:
            if milliseconds > 0:
                self.sleep(milliseconds / 1000)
            return False
        ahead = mutex.held_until
        if ahead is not None and mutex.last_owner is not self and ahead > self.lab_now():
            if ahead - self.lab_now() > wait:
                self.sleep(max(0, milliseconds) / 1000)
                return False
            self.sleep((ahead - self.lab_now()).total_seconds() / (pace or 1.0))
        mutex.owner = self
        mutex.count += 1
        if mutex.abandoned:
            mutex.abandoned = False
            error_id = "AbandonedMutexException"
            raise runtime_error(
                error_id,
                "The wait completed due to an abandoned mutex.",
                exception="System.Threading.AbandonedMutexException",
            )
        return True
