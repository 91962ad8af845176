"""Selectors and choices among runs: what each word means, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.domain.run_filter import RunFilter
from orchestrator.domain.selector import Selector, SelectorKind
from orchestrator.errors import InvalidInput

NOW = datetime(2026, 1, 5, tzinfo=UTC)
QUEUED = Run(id="c-1.PC-1", device=DeviceName("PC-1"), created=NOW, updated=NOW)
FAILED = replace(
    QUEUED,
    state=RunState.SETTLED,
    verdict=Verdict.FAILED,
    owner=Owner.DEVICE,
    diagnosis=Diagnosis(
        enrolled=False, findings=(Finding(cause="clock_skew", evidence=("3 hours",)),)
    ),
)
BLOCKED = replace(FAILED, verdict=Verdict.NEEDS_OWNER, owner=Owner.USER)
AWAY = replace(QUEUED, state=RunState.AWAY)


@pytest.mark.parametrize(
    ("word", "kind", "value", "detail"),
    [
        ("PC-0042", SelectorKind.NAME, "PC-0042", ""),
        ("-", SelectorKind.STDIN, "", ""),
        ("@hosts.csv", SelectorKind.FILE, "hosts.csv", ""),
        (
            "@C:\\lists\\hosts.csv#Device name",
            SelectorKind.FILE,
            "C:\\lists\\hosts.csv",
            "Device name",
        ),
        ("campaign:c-7k2m", SelectorKind.CAMPAIGN, "c-7k2m", ""),
        ("Campaign:c-7k2m/state=failed", SelectorKind.CAMPAIGN, "c-7k2m", ""),
        ("cause:clock_skew", SelectorKind.CAUSE, "clock_skew", ""),
        ("tag:site=BER", SelectorKind.TAG, "site", "BER"),
        ("tag:vip", SelectorKind.TAG, "vip", ""),
        ("fe80::1", SelectorKind.NAME, "fe80::1", ""),
    ],
)
def test_a_word_is_one_kind_of_selector(
    word: str, kind: SelectorKind, value: str, detail: str
) -> None:
    found = Selector.parse(word)
    assert (found.kind, found.value, found.detail, found.exclude) == (kind, value, detail, False)
    assert Selector.parse(f"!{word}").exclude


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("!", "nothing follows the !"),
        ("ad:OU=Laptops", "there is no selector ad:"),
        ("campaign:", "'' cannot be the id of a campaign"),
        ("campaign:a b", "'a b' cannot be the id"),
        ("campaign:c-1/", "'' is no state and no verdict"),
        ("campaign:c-1/state=faild", "'faild' is no state and no verdict"),
        ("campaign:c-1/colour=red", "'colour' is nothing runs are chosen by"),
        ("campaign:c-1/owner=boss", "'boss' owns no cause"),
        ("cause:clock_skw", "there is no cause named 'clock_skw'"),
        ("tag:", "which tag"),
    ],
)
def test_what_is_no_selector_is_refused_in_a_sentence(word: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        Selector.parse(word)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("failed", [FAILED]),
        ("failed,away", [FAILED, AWAY]),
        ("offline", [AWAY]),
        ("not-started", [QUEUED]),
        ("needs-user", [BLOCKED]),
        ("needs_owner", [BLOCKED]),
        ("settled", [FAILED, BLOCKED]),
        ("cause:clock_skew", [FAILED, BLOCKED]),
        ("owner=user", [BLOCKED]),
        ("verdict=failed,cause=clock_skew", [FAILED]),
        ("away,cause:clock_skew", []),
    ],
)
def test_words_of_a_kind_add_up_and_kinds_narrow(text: str, taken: list[Run]) -> None:
    chosen = RunFilter.parse(text)
    assert [run for run in (QUEUED, FAILED, BLOCKED, AWAY) if chosen.takes(run)] == taken


def test_no_more_of_a_campaign_is_read_than_can_hold_what_is_meant() -> None:
    assert RunFilter.parse("failed,away,needs-user").within() == (
        RunState.AWAY,
        Verdict.FAILED,
        Verdict.NEEDS_OWNER,
    )
    assert RunFilter.parse("settled,failed").within() == (RunState.SETTLED,)
    assert len(RunFilter.parse("settled,cancelled").within()) == 2
    assert RunFilter.parse("cancelled").within() == (RunState.CANCELLED,)
    assert RunFilter.parse("cause:clock_skew").within() == ()
