from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.adapters import ledger as package
from orchestrator.domain.adaptive import SiteCap
from orchestrator.domain.campaign import Campaign, CampaignStatus, Course, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Owner
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.domain.target import Exclusion, Target
from orchestrator.usecases.ports import Entry

from .conftest import NOW

if TYPE_CHECKING:
    from orchestrator.adapters.ledger import Store


def _on_demand(store: Store) -> None:
    runs, leases = package.RedisRuns(store), package.RedisLeases(store)
    for name in ("PC-1", "PC-2"):
        run = Run(
            id=f"r-{name.lower()}", device=DeviceName(name), created=NOW, updated=NOW, due=NOW
        )
        runs.create(run)
    claimed = leases.claim("r-pc-1", "worker", NOW)
    assert claimed is not None
    package.RedisAgenda(store).lead("ringing", "a", seconds=60)
    package.RedisAgenda(store).reap(NOW + timedelta(days=1))
    assert leases.claim("r-pc-2", "worker", NOW)


def _campaign(store: Store) -> None:
    campaigns, control = package.RedisCampaigns(store), package.RedisControl(store)
    running = Campaign(
        id="c-1",
        name="x",
        created=NOW,
        author="a",
        status=CampaignStatus.RUNNING,
        course=Course(budget=9),
    )
    campaigns.create(running)
    made = [
        Run(
            id=run_id("c-1", DeviceName(name)),
            device=DeviceName(name),
            campaign="c-1",
            site="Oslo",
            created=NOW,
            updated=NOW,
            due=NOW,
        )
        for name in ("PC-3", "PC-4", "PC-5", "PC-6")
    ]
    campaigns.add_runs(made)
    settled = replace(made[0], state=RunState.SETTLED, verdict=Verdict.NEEDS_OWNER, due=None)
    assert control.replace_runs([replace(settled, owner=Owner.TENANT)], NOW, text="told") == 1
    campaigns.set_status("c-1", CampaignStatus.STARTING, NOW)
    assert control.replace_runs([replace(made[1], due=None)], NOW, unreleased=True) == 1
    campaigns.set_status("c-1", CampaignStatus.RUNNING, NOW)
    control.open_windows("c-1", {"": (NOW, NOW + timedelta(days=1))})
    assert package.RedisLeases(store).claim(made[2].id, "worker", NOW)
    campaigns.remark("c-1", Entry(run_id="", device="", at=NOW, kind="note", state="", text="x"))
    over = replace(running, id="c-0", status=CampaignStatus.FINISHED, course=Course(ended=NOW))
    campaigns.create(over)


def _beside(store: Store) -> None:
    package.RedisCaps(store).limit("all", 5)
    workers = package.RedisWorkers(store)
    workers.beat("w1", NOW)
    workers.drain("w1")
    package.RedisSightings(store).learn(["PC-1"], NOW)
    loads = package.RedisSiteLoads(store)
    loads.note("Oslo", late=True)
    loads.keep("Oslo", SiteCap(now=2, most=4, halved=NOW))
    accounts = package.RedisAccounts(store)
    accounts.enter("ada", "t-1", NOW, limit=3)
    accounts.refused("eve", "t-2", "PC-1", NOW, limit=3)
    accounts.accepted("bob", "t-3")
    book = package.RedisTargetBook(store)
    book.keep([Target(device=DeviceName("PC-1"), site="Oslo")])
    book.exclude([Exclusion(device=DeviceName("PC-9"), by="ada", at=NOW)])


def test_every_key_that_is_ever_written_is_described(store: Store) -> None:
    _on_demand(store)
    _campaign(store)
    _beside(store)
    described = package.__doc__ or ""
    kinds_of_keys = r"^``(\S+)``\s+(string|hash|zset|set|list|stream)\b"
    rows = re.findall(kinds_of_keys, described, re.MULTILINE)
    patterns = {
        re.sub(r"\\\{\w+\\\}", r"[^:]+(:[^:]+)?", re.escape("em:" + name)): kind
        for name, kind in rows
    }
    seen = set()
    for key in store.client.scan_iter():
        kinds = {kind for pattern, kind in patterns.items() if re.fullmatch(pattern, key.decode())}
        assert store.client.type(key).decode() in kinds, key
        seen |= {p for p in patterns if re.fullmatch(p, key.decode())}
    assert seen == set(patterns)
