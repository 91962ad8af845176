"""Every line of the shipped module runs in the tests of this folder.

A choice of the others is run, which together reach every line, and what was left is looked for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.powershell import Coverage
from orchestrator.lab.powershell.compiler import compile_script
from orchestrator.lab.store_state import MDM_CHANNEL
from tests.own_steps import test_module as test_own_steps
from tests.scripts import (
    test_agent_settling,
    test_agents,
    test_backup_guards,
    test_ccmsetup,
    test_every_stage,
    test_facts,
    test_failures,
    test_guards,
    test_left_over_join,
    test_one_shot,
    test_reboot,
    test_restore,
    test_stages,
    test_unreadable_keys,
)
from tests.scripts.bench import MODULE_TEXT, Bench, place

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("coverage")  # what both look at is reached once

# Conditions that went both ways, of all that there are; every catch block has to be reached.
BRANCHES = 0.92

CHOICE: tuple[Callable[[], None], ...] = (
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.flags,
        reason="ccm_comanaged:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.log,
        reason="ccm_comanaged:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.polled,
        reason="ccm_active:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.no_uninstaller,
        reason="ccm_no_uninstaller:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.unknown_policy,
        reason="ccm_unclear:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.sequence,
        reason="ccm_busy:",
    ),
    partial(
        test_agents.test_a_client_that_anything_speaks_for_stays,
        bend=test_agents.site,
        reason="ccm_site_system:",
    ),
    partial(
        test_backup_guards.test_a_folder_of_backups_that_somebody_else_made_is_refused,
        folder=test_backup_guards.ROOT,
        how="link",
    ),
    partial(
        test_backup_guards.test_a_folder_of_backups_that_somebody_else_made_is_refused,
        folder=test_backup_guards.ROOT,
        how="owner",
    ),
    partial(
        test_facts.test_a_channel_that_does_not_exist_is_unread_and_not_empty,
        channel=MDM_CHANNEL,
        section="events",
    ),
    partial(
        test_every_stage.test_under_what_if_nothing_changes_and_exactly_what_will_be_done_is_told,
        stage="agents",
    ),
    partial(test_failures.test_an_empty_backup_is_none, content=None),
    partial(
        test_failures.test_the_proxy_of_services_is_read_from_its_bytes,
        proxy="proxy.fabrikam.example:8080",
    ),
    partial(test_guards.test_a_pseudo_provider_is_protected, provider="WMI_Bridge_SCCM_Server"),
    partial(
        test_guards.test_a_stage_that_was_told_nothing_is_an_error_and_never_all, stage="tasks"
    ),
    partial(test_guards.test_what_is_no_id_is_refused_and_removes_nothing, guid=""),
    partial(
        test_left_over_join.test_where_dsregcmd_is_silent_a_record_counts_with_its_certificate,
        what_if=False,
        certificate=True,
    ),
    partial(test_stages.test_twice_is_once, stage="state"),
    partial(
        test_stages.test_what_if_changes_nothing_at_all_and_says_what_would_change, stage="trigger"
    ),
    test_agents.test_a_client_that_survives_its_removal_is_a_failure,
    test_agents.test_a_product_that_cannot_be_removed_is_named_with_its_exit_code,
    test_agents.test_a_product_that_wants_a_restart_says_so,
    test_agents.test_an_orphaned_client_is_removed_and_waited_for,
    test_agent_settling.test_an_uninstaller_that_somebody_started_is_waited_for_like_our_own,
    test_agents.test_another_installation_parks_the_removal_for_a_while,
    test_agents.test_no_configuration_manager_is_nothing_to_do,
    test_agents.test_nothing_of_a_client_is_deleted_while_its_service_exists,
    test_agent_settling.test_what_a_client_left_that_went_long_ago_is_not_waited_for,
    test_agent_settling.test_what_is_left_is_told_under_what_if_before_its_time,
    test_agents.test_undo_names_a_removed_client_as_lost_and_one_that_is_still_there_not,
    test_agents.test_without_the_operators_word_the_client_stays,
    test_backup_guards.test_an_owner_that_cannot_be_set_is_a_failure,
    test_backup_guards.test_undo_of_a_backup_that_names_something_else_changes_nothing_at_all,
    test_ccmsetup.test_a_client_that_only_goes_with_the_restart_is_waited_for_and_then_a_failure,
    test_ccmsetup.test_a_removal_that_asks_for_a_restart_is_told_until_the_restart,
    test_facts.test_a_32_bit_host_reads_nothing_from_the_other_view_of_the_registry,
    test_facts.test_a_linked_child_is_seen_through_its_parent_alone,
    test_facts.test_a_long_parameter_of_an_event_is_cut,
    test_facts.test_agents_of_other_managers_are_shown,
    test_facts.test_an_installed_module_works_from_an_endpoint_without_any_language,
    test_facts.test_reading_changes_nothing,
    test_facts.test_what_a_session_that_died_left_goes_after_an_hour_and_nothing_else_does,
    test_failures.test_a_certificate_without_a_key_goes_too,
    test_failures.test_a_change_that_fails_ends_the_repair_and_what_was_done_is_told,
    test_failures.test_a_file_that_cannot_be_imported_is_a_failure,
    test_failures.test_a_key_that_cannot_be_exported_is_a_backup_that_failed,
    test_failures.test_a_key_that_is_left_is_a_remainder,
    test_failures.test_a_link_that_cannot_be_read_links_to_nothing,
    test_failures.test_a_manifest_that_does_not_hold_what_was_written_is_a_failure,
    test_failures.test_a_missing_join_task_is_written_down_as_absent,
    test_failures.test_a_named_certificate_that_is_not_there_is_nothing_to_do,
    test_failures.test_a_query_for_events_that_fails_is_unread,
    test_failures.test_a_removal_of_another_run_counts_only_while_it_may_go_on,
    test_failures.test_a_user_of_the_host_without_rights_is_told_apart,
    test_failures.test_an_address_that_cannot_be_tried_is_unknown_with_what_windows_said,
    test_failures.test_an_empty_task_folder_comes_back,
    test_failures.test_each_address_is_tried_by_itself,
    test_failures.test_an_enroller_that_does_not_end_is_left_running_and_looked_at_later,
    test_failures.test_no_enrollment_is_triggered_without_a_marker,
    test_failures.test_policy_away_from_the_domain_is_said_and_stops_nothing,
    test_failures.test_rights_that_cannot_be_set_are_a_failure,
    test_failures.test_services_that_start_automatically_are_enabled_already,
    test_failures.test_task_scheduler_that_does_not_answer_leaves_its_sections_unread,
    test_failures.test_the_time_of_a_tasks_last_run_is_told,
    test_failures.test_what_is_left_of_the_retired_client_is_told_and_not_removed_under_what_if,
    test_guards.test_a_certificate_of_the_join_is_protected,
    test_guards.test_a_certificate_that_another_enrollment_names_is_protected,
    test_guards.test_a_certificate_that_no_enrollment_names_is_protected,
    test_guards.test_a_guid_that_is_only_a_policy_provider_of_windows_is_protected,
    test_guards.test_a_live_enrollment_is_protected_together_with_a_stale_one,
    test_guards.test_a_repair_in_a_32_bit_host_is_refused,
    test_guards.test_a_repair_without_the_rights_of_an_administrator_is_refused,
    test_guards.test_a_run_without_a_backup_cannot_be_undone,
    test_guards.test_a_service_that_enrollment_does_not_need_is_not_enabled,
    test_guards.test_residue_without_a_key_below_enrollments_may_go_when_it_left_tasks_or_accounts,
    test_guards.test_an_older_attempt_is_refused_and_the_same_one_is_not,
    test_guards.test_another_pc_is_left_alone,
    test_guards.test_the_child_of_a_live_enrollment_is_protected,
    test_guards.test_two_repairs_at_once_are_one_repair_and_one_busy,
    test_left_over_join.test_a_record_without_its_certificate_keeps_no_enrollment_alive,
    test_own_steps.test_a_step_that_reads_nothing_has_nothing_to_undo,
    test_own_steps.test_a_step_whose_undo_is_not_known_any_more_is_named_and_stops_nothing,
    test_own_steps.test_an_undo_that_throws_is_named_and_everything_else_is_put_back,
    test_own_steps.test_a_repair_that_its_verify_does_not_believe_is_a_failure,
    test_own_steps.test_undo_brings_back_what_the_step_changed_and_twice_is_once,
    test_own_steps.test_what_a_step_reads_is_a_section_of_the_facts,
    test_reboot.test_a_pc_with_somebody_signed_in_is_not_restarted,
    test_reboot.test_a_restart_that_windows_refuses_is_a_failure,
    test_reboot.test_where_that_is_allowed_the_user_has_five_minutes,
    test_restore.test_a_backup_that_was_changed_is_not_believed,
    test_restore.test_a_task_that_policy_enabled_is_disabled_again,
    test_restore.test_a_value_that_was_absent_is_deleted_again,
    partial(
        test_restore.test_a_manifest_that_is_not_the_one_that_was_written_is_not_believed,
        content=b"",
    ),
    test_restore.test_a_torn_line_of_the_journal_is_counted_and_left_out,
    test_restore.test_an_enrollment_that_came_to_life_under_the_old_id_stays_as_it_is,
    test_restore.test_products_and_folder_of_the_retired_client_are_named_as_lost,
    test_restore.test_undo_brings_back_everything_but_the_certificates,
    test_restore.test_what_was_kept_for_system_comes_back_through_a_task_of_system,
    test_stages.test_a_synchronisation_at_work_is_waited_for_and_then_the_stage_is_tried_later,
    partial(test_one_shot.test_a_look_leaves_the_tasks_of_a_repair_alone, caller="look"),
    test_one_shot.test_a_look_removes_the_tasks_of_a_repair_whose_session_died,
    test_one_shot.test_a_task_of_a_repair_that_cannot_be_removed_is_told,
    test_stages.test_a_clock_that_cannot_be_set_is_a_failure,
    test_stages.test_a_disabled_join_task_is_enabled_and_a_missing_one_is_a_failure,
    test_stages.test_a_disabled_task_or_one_of_the_other_credential_is_not_used,
    test_stages.test_a_joined_pc_is_not_joined_again,
    test_stages.test_a_missing_service_is_a_failure_that_names_it,
    test_stages.test_a_pc_that_does_not_join_is_parked_for_half_an_hour,
    test_stages.test_a_running_task_is_stopped_before_it_goes,
    test_stages.test_a_stopped_time_service_is_started_first,
    test_stages.test_nobody_signed_in_is_no_trigger_with_a_users_credential,
    test_stages.test_the_child_enrollment_goes_before_its_parent,
    test_stages.test_the_clock_is_set_by_the_domain,
    test_stages.test_the_task_of_group_policy_is_used_when_it_is_there,
    test_stages.test_what_cannot_be_removed_is_named_and_stops_the_repair,
    test_unreadable_keys.test_a_key_that_cannot_be_read_counts_as_alive_when_it_has_an_account,
)


@pytest.fixture(scope="module")
def watched() -> Coverage:
    """What the choice of tests reaches."""
    Bench.watched_by = coverage = Coverage()
    try:
        for test in CHOICE:
            test()
    finally:
        Bench.watched_by = None
    return coverage


def test_every_line_of_the_module_runs(watched: Coverage) -> None:
    assert [place(line) for line in watched.missing_lines(MODULE_TEXT)] == []


def test_every_catch_block_is_reached_and_most_conditions_go_both_ways(watched: Coverage) -> None:
    missing = watched.missing_branches(MODULE_TEXT)
    assert [place(line) for line, kind in missing if kind == "catch"] == []
    assert 1 - len(missing) / len(compile_script(MODULE_TEXT).branches) >= BRANCHES
