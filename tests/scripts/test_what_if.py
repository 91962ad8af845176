"""What changes something changes nothing under WhatIf, also when it is called by itself."""

from __future__ import annotations

import pytest

from tests.scripts.bench import ENROLLMENTS, ONE, OURS, TWO, Bench

TREE = r"\Microsoft\Windows\EnterpriseMgmt"
PUSH = f"(Get-ScheduledTask -TaskPath '{TREE}\\{ONE}\\' -TaskName 'PushLaunch')"
CERTIFICATE = "(Get-LocalCertificate -Thumbprint '{thumbprint}')"
ATTEMPT = "(New-RepairAttempt -RunId 'r-1' -Fence 1)"
CHANGE = "(New-StageChange -Object 'x' -Action 'set')"
STARTED = {"Start-Process", "Start-ScheduledTask", "w32tm.exe", "icacls.exe"}
CALLS = [
    "Invoke-Program -Name 'w32tm.exe' -Argument '/resync'",
    f"Remove-LocalCertificate -Certificate {CERTIFICATE}",
    f"Remove-TaskFolder -Path '{TREE}' -Name '{TWO}'",
    f"Remove-EnrollmentTask -Task {PUSH}",
    f"Remove-EnrollmentKey -Root 'HKLM:\\{ENROLLMENTS}' -Name '{ONE}'",
    f"Start-TaskAndWait -Task {PUSH}",
    f"Write-JournalEntry -Attempt {ATTEMPT} -Phase 'begin' -Change {CHANGE}",
    f"Close-RepairAttempt -Attempt {ATTEMPT}",
    r"Protect-EnrollmentFolder -LiteralPath 'C:\ProgramData\enrollmend'",
]


def stale() -> tuple[Bench, str]:
    """A PC on which a repair was begun, whose dead enrollment is still there."""
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair("flag")
    pc.device.registry.set(OURS, "Open", 1)
    pc.device.tasks.make_folder(f"{TREE}\\{TWO}\\")
    pc.device.asked.clear()
    return pc, thumbprint


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.split()[0])
def test_under_what_if_nothing_is_changed_and_nothing_started(call: str) -> None:
    pc, thumbprint = stale()
    before = pc.device.dump()
    assert pc.script(f"$null = {call.format(thumbprint=thumbprint)} -WhatIf") == ""
    assert pc.device.diff(before) == []
    assert not STARTED & pc.device.asked.keys()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.split()[0])
def test_without_it_something_is(call: str) -> None:
    pc, thumbprint = stale()
    before = pc.device.dump()
    assert pc.script(f"$null = {call.format(thumbprint=thumbprint)}") == ""
    assert pc.device.diff(before) or STARTED & pc.device.asked.keys()
