"""shutdown.exe: the PC restarts by itself, after a while.

Exit codes: 0, 5 without rights, 1190 when one is scheduled already, 87 for what it does not take
(Microsoft: shutdown; system error codes 1000 to 1299).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, Job, program

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat

_SCHEDULED = 1190
_DENIED = 5


@program("shutdown.exe")
def shutdown(seat: Seat, arguments: list[str]) -> Job:
    """Restart the PC after ``/t`` seconds; what else it can do is not modelled."""
    words = [word.lower() for word in arguments]
    if "/r" not in words or "/t" not in words or not words[words.index("/t") + 1].isdigit():
        what = f"shutdown.exe {' '.join(arguments)}"
        raise Refusal(what)
    return Job(0.2, lambda: _restart(seat, int(words[words.index("/t") + 1])))


def _restart(seat: Seat, seconds: int) -> Ended:
    device = seat.device
    if not (seat.is_system or device.host.elevated):
        return Ended(_DENIED, "Access is denied.(5)\n")
    if device.restarts is not None and device.restarts > device.lab_now():
        return Ended(_SCHEDULED, "A system shutdown has already been scheduled.(1190)\n")
    device.restarts = device.after(seconds, device.reboot)
    return Ended(0)
