from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.adapters.run_codec import body_of, decode, encode, micros, moment, trail
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.outcome import Change, Marker, Outcome
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict

_TIMES = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,13}[A-Za-z0-9](\.corp)?", fullmatch=True)

for _type, _strategy in (
    (datetime, _TIMES),
    (DeviceName, _NAMES.map(DeviceName)),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (int, st.integers(-(2**62), 2**62)),
    (str, st.text(st.characters(exclude_categories=["Cs"]))),
):
    st.register_type_strategy(_type, _strategy)

for _class in (Change, Marker, Outcome, Finding, Diagnosis, PlannedStage, Plan, RunOptions):
    st.register_type_strategy(
        _class, st.builds(_class, **{field.name: ... for field in fields(_class)})
    )


@settings(deadline=None)
@given(st.builds(Run, **{field.name: ... for field in fields(Run)}))
def test_a_run_comes_back_as_it_was(run: Run) -> None:
    record = encode(run)
    assert decode(run.id, record) == run
    assert decode(run.id, record + b"\n1-0 2-0") == run
    assert record.count(b"\n") == 1


@given(st.binary(min_size=1), st.integers(1, 300))
def test_a_long_body_comes_back_whatever_it_is_compressed_to(noise: bytes, times: int) -> None:
    reason = noise.decode("latin-1") * times
    run = replace(_queued(), reason=reason, next_action=noise.hex() * 8)
    record = encode(run)
    assert record.count(b"\n") == 1
    assert decode(run.id, record + b"\n1-0") == run
    assert b'"reason":' in body_of(record)


def test_a_long_body_is_kept_small() -> None:
    stages = tuple(
        PlannedStage(name=name, reason="a dead enrollment of Intune is in the way of a new one")
        for name in ("backup", "tasks", "state", "certificates", "policy", "trigger")
    )
    plan = Plan(decision=Decision.REPAIR, owner=Owner.DEVICE, next_action="", stages=stages)
    assert len(encode(replace(_queued(), plan=plan, state=RunState.SETTLED))) < 400


@pytest.mark.parametrize("body", [b"x", b"x\x9c\x00", b"\x1b2"])
def test_a_body_that_cannot_be_unpacked_is_refused(body: bytes) -> None:
    head = encode(_queued()).partition(b"\n")[0]
    with pytest.raises(ValueError, match="body"):
        decode("r-1", head + b"\n" + body)


@given(_TIMES)
def test_times_are_exact_to_the_microsecond_also_as_a_score(at: datetime) -> None:
    assert moment(micros(at)) == at
    assert int(float(micros(at))) == micros(at)


def _queued() -> Run:
    now = datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC)
    return Run(
        id="c-7k2m9x.LAPTOP-0123456",
        device=DeviceName("laptop-0123456.emea.corp.example.com"),
        created=now,
        updated=now,
        due=now,
        campaign="c-7k2m9x",
        site="Berlin Headquarters",
    )


def test_a_queued_run_is_small() -> None:
    run = _queued()
    assert len(run.id) + len(encode(run)) < 250


def test_a_trail_names_the_entries() -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    record = encode(Run(id="r-1", device=DeviceName("PC-1"), created=now, updated=now))
    assert trail(record) == []
    assert trail(record + b"\n1-0 2-7") == ["1-0", "2-7"]


@pytest.mark.parametrize("record", [b"", b"0 queued\n{}", b"x queued - - 1 1 PC-1 - -\n{}"])
def test_what_is_not_a_record_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode("r-1", record)


def test_words_for_nothing_and_a_dash_are_told_apart() -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    for site in ("", "-", " ", "a\nb", "100%"):
        run = Run(
            id="r-1",
            device=DeviceName("PC-1"),
            created=now,
            updated=now,
            site=site,
            state=RunState.SETTLED,
            verdict=Verdict.FAILED,
        )
        assert decode("r-1", encode(run)).site == site
