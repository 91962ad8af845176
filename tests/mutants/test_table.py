"""The table of planted faults: that there are enough, of every kind, and each is one."""

from __future__ import annotations

from orchestrator.module import functions
from tests.mutants.table import EQUAL, KINDS, chosen, equal, mutants

ALL = list(mutants())


def test_far_more_than_sixty_faults_are_planted_and_of_every_kind() -> None:
    assert len(chosen(6)) >= 100
    assert {each.kind for each in ALL} >= {kind.name for kind in KINDS}


def test_a_mutant_is_another_text_of_one_function() -> None:
    for each in ALL:
        right = functions()[each.function].text
        assert each.text != right
        assert each.was
        assert right.count("\n") == each.text.count("\n")


def test_help_and_comments_are_left_alone() -> None:
    for each in ALL:
        begin = each.text.index("<#")
        end = each.text.index("#>")
        assert each.text[begin:end] in functions()[each.function].text


def test_the_choice_is_the_same_each_time_and_spread_over_functions() -> None:
    assert [each.id for each in chosen(3)] == [each.id for each in chosen(3)]
    assert len({each.function for each in chosen(6)}) > 40


def test_every_reason_for_an_equal_text_is_still_needed() -> None:
    used = {equal(each) for each in ALL}
    assert {reason for _, _, reason in EQUAL} <= used
    assert sum(bool(equal(each)) for each in ALL) < len(ALL) / 20
