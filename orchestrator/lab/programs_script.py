"""Running a script file in the evaluator, as ``powershell.exe -File`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell import Command, Runspace, Statement
from orchestrator.lab.programs import Ended

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell import Record


def run_script(seat: Seat, text: str, arguments: list[str]) -> Ended:
    """Run a script as the account of a seat; 1 when it ends with a terminating error.

    Args:
        seat: whose process it is.
        text: the script.
        arguments: words such as ``-RunId`` ``x``.
    """
    bound: list[tuple[str | None, object]] = []
    for word in arguments:
        if word.startswith("-"):
            bound.append((word[1:], None))
        elif bound and bound[-1][0] is not None and bound[-1][1] is None:
            bound[-1] = (bound[-1][0], word)
        else:
            bound.append((None, word))
    lines: list[str] = []

    def keep(record: Record) -> None:
        if record.stream == "output":
            lines.append(str(record.value))

    space = Runspace(seat, language_mode=seat.device.host.language_mode)
    result = space.invoke([Statement([Command(text, is_script=True, arguments=bound)])], keep)
    text_out = "".join(f"{line}\n" for line in lines)
    return Ended(0 if result.state == "Completed" else 1, text_out, result.elapsed)
