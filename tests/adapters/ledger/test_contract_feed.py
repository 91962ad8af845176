from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import NotFound

if TYPE_CHECKING:
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

    from .conftest import Ledger


def test_each_run_is_yielded_as_it_is_now_with_all_its_entries(ledger: Ledger) -> None:
    run = ledger.add(state=RunState.AWAY, due=ledger.later(minutes=15))
    entry = ledger.entry(run)
    ledger.runs.remark(entry)
    assert list(ledger.feed.follow([run.id], seconds=30)) == [(run, [entry])]


def test_the_news_end_when_every_run_has_come_to_rest(ledger: Ledger) -> None:
    ids = [
        ledger.add("PC-1", state=RunState.HELD, due=ledger.later(hours=1)).id,
        ledger.add("PC-2", state=RunState.SETTLED, verdict=Verdict.FAILED).id,
        ledger.add("PC-3", state=RunState.CANCELLED, verdict=Verdict.CANCELLED).id,
    ]
    assert [run.id for run, _ in ledger.feed.follow(ids, seconds=30)] == ids


def test_the_news_end_when_the_time_is_over(ledger: Ledger) -> None:
    run = ledger.add()
    assert len(list(ledger.feed.follow([run.id], seconds=0.05))) == 1


def test_a_run_that_does_not_exist_has_no_news(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        list(ledger.feed.follow(["r-nothing"], seconds=1))


def test_every_change_is_told_with_its_new_entries(ledger: Ledger) -> None:
    run = ledger.add()
    heard: Queue[tuple[Run, list[Entry]]] = Queue()

    def listen() -> None:
        for news in ledger.feed.follow([run.id], seconds=30):
            heard.put(news)

    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(listen)
        assert heard.get(timeout=10) == (run, [])
        claimed, lease = ledger.claim(run)
        entries = [ledger.entry(run, "one"), ledger.entry(run, "two")]
        began = replace(claimed, state=RunState.PROBING, due=None)
        began = ledger.leases.save(began, entries, lease)
        assert heard.get(timeout=10) == (began, entries)
        remark = ledger.entry(run, "three")
        ledger.runs.remark(remark)
        assert heard.get(timeout=10) == (began, [remark])
        ended = replace(began, state=RunState.SETTLED, verdict=Verdict.ENROLLED)
        ended = ledger.leases.save(ended, [], lease)
        assert heard.get(timeout=10) == (ended, [])
        listening.result(timeout=10)
    assert heard.empty()


def test_a_reader_that_stops_early_leaves_nothing_behind(ledger: Ledger) -> None:
    run = ledger.add()
    news = ledger.feed.follow([run.id], seconds=30)
    assert next(iter(news))[0] == run
    del news
