from collections.abc import Callable
from dataclasses import fields

import pytest

from orchestrator.domain.causes import CAUSES
from orchestrator.lab.device import Device
from orchestrator.lab.fleet import build, catalogue, explain, mix, story_of
from orchestrator.lab.fleet_story import Story, add
from orchestrator.lab.store_baseline import ENROLLMENTS, pseudo_enrollments

Make = Callable[..., Device]
NAMES = [entry.name for entry in catalogue()]


def test_there_are_at_least_a_hundred_named_pcs() -> None:
    assert len(NAMES) >= 100


@pytest.mark.parametrize("name", NAMES)
def test_a_named_pc_says_why_and_who_says_so(name: str) -> None:
    entry = story_of(name)
    assert len(entry.name) <= 15
    assert entry.why.endswith(".")
    assert "\n" not in entry.why
    assert all(entry.sources)
    assert entry.why in explain(name)
    assert entry.sources[0] in explain(name.lower())


@pytest.mark.parametrize("name", NAMES)
def test_the_cause_and_owner_are_those_of_the_catalogue(name: str) -> None:
    entry = story_of(name)
    cause = CAUSES[entry.cause]
    assert cause.owner.value == entry.owner


def test_every_named_pc_can_be_built_and_dumped(make: Make) -> None:
    for name in NAMES:
        pc = make(story=name)
        assert pc.name == name == pc.story
        assert pc.diff(pc.dump()) == []


def test_pseudo_enrollments_are_on_every_pc(make: Make) -> None:
    pc = make(story="PC-ORPHAN")
    for guid, _, _ in pseudo_enrollments():
        assert pc.registry.find(f"{ENROLLMENTS}\\{guid}") is not None


def test_a_mixture_is_the_same_for_a_seed_and_another_for_another(make: Make) -> None:
    clock = make().clock
    first = [pc.story for pc in mix(50, 7, clock=clock)]
    assert first == [pc.story for pc in mix(50, 7, clock=clock)]
    assert first != [pc.story for pc in mix(50, 8, clock=clock)]


def test_pcs_of_a_mixture_are_named_in_order_and_share_nothing_that_changes(make: Make) -> None:
    pcs = mix(40, 1, clock=make().clock)
    assert [pc.name for pc in pcs[:2]] == ["PC-0001", "PC-0002"]
    twins = [pc for pc in pcs if pc.story == pcs[0].story] + [pcs[1]]
    twins[0].registry.set(ENROLLMENTS, "Mark", 1)
    assert all(pc.registry.get(ENROLLMENTS, "Mark") is None for pc in twins[1:])


def test_an_unknown_name_is_an_error(make: Make) -> None:
    with pytest.raises(KeyError):
        build("PC-NOPE", clock=make().clock)


def test_two_pcs_may_not_have_one_name() -> None:
    known = story_of("PC-HEALTHY")
    values = {item.name: getattr(known, item.name) for item in fields(Story)}
    with pytest.raises(ValueError, match="two PCs"):
        add(Story(**values))


def test_the_noisy_pc_is_as_noisy_as_promised(make: Make) -> None:
    pc = make(story="PC-NOISY")
    key = pc.registry.find(ENROLLMENTS)
    assert key is not None
    assert len(key.children) > 500
    assert sum(len(events) for events in pc.events.values()) > 2000
