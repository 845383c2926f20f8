# SPDX-License-Identifier: MIT
"""Every attribute has all its faces.

The table below has a row for each field of fx_command that sets an attribute. The tests walk it,
the fields of the command and the table of steps: what is in one of them and not in the others is
found, and so is a face that a row names and that is not there.
"""

from __future__ import annotations

import inspect
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import forkexec
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = (ROOT / "include" / "forkexec.h").read_text(encoding="utf-8")
STEP_TABLE = (ROOT / "src" / "plan" / "table.c").read_text(encoding="utf-8")
CHILD_TABLE = (ROOT / "src" / "child" / "run.c").read_text(encoding="utf-8")
ATTRIBUTES = (ROOT / "doc" / "attributes.md").read_text(encoding="utf-8")
ORDER = (ROOT / "doc" / "order.md").read_text(encoding="utf-8")
LAUNCHER = ROOT / "build" / "default" / "cli" / "forkexec"


@dataclass(frozen=True)
class Face:
    field: str
    step: str  # without FX_STEP_; "" where the parent does it all
    keyword: str
    option: str
    inside: str  # FILE:FUNCTION in tests/c
    failure: str


FACES: tuple[Face, ...] = (
    Face(
        "environment",
        "EXEC",
        "environment",
        "--ignore-environment",
        "test_environment.c:it_is_replaced",
        "test_variables.c:it_must_be_a_name",
    ),
    Face(
        "environment_unset",
        "",
        "environment_unset",
        "--unset",
        "test_environment.c:names_are_unset",
        "test_validation.c:environment_changes_have_names",
    ),
    Face(
        "environment_set",
        "",
        "environment_set",
        "--setenv",
        "test_environment.c:names_are_set",
        "test_validation.c:environment_changes_have_names",
    ),
    Face(
        "directory",
        "CHDIR",
        "directory",
        "--chdir",
        "test_directory.c:a_path_is_entered",
        "test_directory.c:a_missing_one_is_told_apart_from_a_missing_program",
    ),
    Face(
        "directory_fd",
        "FCHDIR",
        "directory",
        "--chdir-fd",
        "test_directory.c:a_descriptor_is_entered",
        "test_chroot.c:a_descriptor_entered_later_is_refused",
    ),
    Face(
        "map",
        "DESCRIPTOR",
        "map",
        "--map",
        "test_map.c:two_change_places",
        "test_map.c:a_closed_source_is_an_error_at_launch",
    ),
    Face(
        "keep",
        "",
        "keep",
        "--keep",
        "test_closing.c:kept_ones_arrive_inheritable",
        "test_validation.c:kept_descriptors_are_open_and_no_targets",
    ),
    Face(
        "close",
        "CLOSE",
        "close",
        "--close",
        "test_closing.c:named_ones_are_closed_even_when_others_are_not",
        "test_validation.c:exempt_and_closed_numbers_make_sense",
    ),
    Face(
        "inherit_others",
        "CLOSE_OTHERS",
        "inherit_others",
        "--inherit-others",
        "test_closing.c:others_are_inherited_on_request",
        "test_closing.c:what_was_not_asked_for_is_closed",
    ),
    Face(
        "new_session",
        "SETSID",
        "new_session",
        "--new-session",
        "test_session.c:a_new_session_has_a_new_group",
        "test_session.c:a_session_leader_gets_no_new_group",
    ),
    Face(
        "process_group",
        "SETPGID",
        "process_group",
        "--process-group",
        "test_session.c:a_group_is_joined",
        "test_session.c:a_missing_group_is_refused",
    ),
    Face(
        "user",
        "SETUID",
        "user",
        "--user",
        "test_identity.c:a_user_is_all_three_ids",
        "test_identity.c:unprivileged_as_well",
    ),
    Face(
        "group",
        "SETGID",
        "group",
        "--group",
        "test_identity.c:a_group_is_all_three_ids",
        "test_identity.c:unprivileged_as_well",
    ),
    Face(
        "groups",
        "SETGROUPS",
        "groups",
        "--groups",
        "test_identity.c:groups_are_replaced",
        "test_identity.c:unprivileged_as_well",
    ),
    Face(
        "umask",
        "UMASK",
        "umask",
        "--umask",
        "test_session.c:umask_is_inherited_and_set",
        "test_validation.c:umask_is_one",
    ),
    Face(
        "limits",
        "LIMIT",
        "limits",
        "--limit",
        "test_limits.c:every_resource",
        "test_limits.c:raising_a_hard_limit_takes_privilege",
    ),
    Face(
        "default_signals",
        "DEFAULT_SIGNALS",
        "default_signals",
        "--default-signal",
        "test_signal_lists.c:some_get_their_default_action",
        "test_signal_lists.c:what_cannot_be_is_an_error",
    ),
    Face(
        "ignored_signals",
        "IGNORED_SIGNALS",
        "ignored_signals",
        "--ignore-signal",
        "test_signal_lists.c:some_are_ignored",
        "test_signal_lists.c:what_cannot_be_is_an_error",
    ),
    Face(
        "blocked_signals",
        "SIGNAL_MASK",
        "blocked_signals",
        "--blocked-signals",
        "test_signal_lists.c:the_mask_can_be_given",
        "test_signal_lists.c:contradictions_are_errors",
    ),
    Face(
        "block_signals",
        "",
        "block_signals",
        "--block-signal",
        "test_signal_lists.c:the_mask_can_be_edited",
        "test_signal_lists.c:contradictions_are_errors",
    ),
    Face(
        "unblock_signals",
        "",
        "unblock_signals",
        "--unblock-signal",
        "test_signal_lists.c:the_mask_can_be_edited",
        "test_signal_lists.c:contradictions_are_errors",
    ),
    Face(
        "controlling_terminal",
        "TERMINAL",
        "controlling_terminal",
        "--ctty",
        "test_terminal.c:a_new_session_gets_one",
        "test_terminal.c:it_is_taken_from_no_other_session",
    ),
    Face(
        "foreground",
        "FOREGROUND",
        "foreground",
        "--foreground",
        "test_terminal.c:a_child_is_put_in_the_foreground",
        "test_terminal.c:a_terminal_of_others_has_another_foreground",
    ),
    Face(
        "nice",
        "NICE",
        "nice",
        "--nice",
        "test_scheduling.c:nice_is_added",
        "test_scheduling.c:lowering_nice_takes_privilege",
    ),
    Face(
        "nice_absolute",
        "",
        "nice_absolute",
        "--nice-absolute",
        "test_scheduling.c:nice_is_replaced",
        "test_scheduling.c:lowering_nice_takes_privilege",
    ),
    Face(
        "scheduling",
        "SCHEDULING",
        "scheduling",
        "--scheduling",
        "test_scheduling.c:a_policy_is_set_and_nice_kept",
        "test_scheduling.c:a_real_time_policy",
    ),
    Face(
        "affinity",
        "AFFINITY",
        "affinity",
        "--cpu-list",
        "test_scheduling.c:cpus_are_chosen",
        "test_scheduling.c:missing_cpus_are_refused",
    ),
    Face(
        "io_priority",
        "IO_PRIORITY",
        "io_priority",
        "--io-class",
        "test_scheduling.c:io_priority_is_set",
        "test_scheduling.c:io_in_real_time_takes_privilege",
    ),
    Face(
        "timer_slack",
        "TIMER_SLACK",
        "timer_slack",
        "--timer-slack",
        "test_scheduling.c:timer_slack_is_set",
        "test_scheduling.c:timer_slack_is_set",
    ),
    Face(
        "oom_score_adj",
        "OOM_SCORE_ADJ",
        "oom_score_adj",
        "--oom-score-adj",
        "test_scheduling.c:the_oom_score_is_set",
        "test_scheduling.c:lowering_the_oom_score_takes_privilege",
    ),
    Face(
        "user_name",
        "",
        "user",
        "--user",
        "test_users.c:a_user_by_name_brings_the_users_group",
        "test_users.c:what_is_not_there_is_said",
    ),
    Face(
        "group_name",
        "",
        "group",
        "--group",
        "test_users.c:a_group_by_name_needs_no_user",
        "test_users.c:what_is_not_there_is_said",
    ),
    Face(
        "groups_of_user",
        "",
        "groups",
        "--init-groups",
        "test_users.c:the_groups_of_a_user_are_looked_up",
        "test_users.c:contradictions_are_refused",
    ),
    Face(
        "keep_groups",
        "",
        "groups",
        "--keep-groups",
        "test_users.c:groups_can_be_kept",
        "test_users.c:contradictions_are_refused",
    ),
    Face(
        "bounding_capabilities",
        "BOUNDING",
        "bounding_capabilities",
        "--bounding-set",
        "test_capabilities.c:all_but_the_bounding_ones_are_dropped",
        "test_capabilities.c:contradictions_are_refused",
    ),
    Face(
        "permitted_capabilities",
        "CAPABILITIES",
        "permitted_capabilities",
        "--permitted-caps",
        "test_capabilities.c:permitted_ones_are_effective",
        "test_capabilities.c:contradictions_are_refused",
    ),
    Face(
        "inheritable_capabilities",
        "",
        "inheritable_capabilities",
        "--inh-caps",
        "test_capabilities.c:inheritable_ones_are_inherited",
        "test_capabilities.c:contradictions_are_refused",
    ),
    Face(
        "ambient_capabilities",
        "AMBIENT",
        "ambient_capabilities",
        "--ambient-caps",
        "test_capabilities.c:ambient_ones_stay",
        "test_capabilities.c:an_ambient_one_that_is_refused_is_named",
    ),
    Face(
        "securebits",
        "SECUREBITS",
        "securebits",
        "--securebits",
        "test_capabilities.c:securebits_are_set",
        "test_capabilities.c:contradictions_are_refused",
    ),
    Face(
        "keep_capabilities",
        "KEEP_CAPABILITIES",
        "keep_capabilities",
        "--keep-caps",
        "test_capabilities.c:capabilities_are_kept_until_exec",
        "test_capabilities.c:keeping_that_is_refused_is_said",
    ),
    Face(
        "chroot",
        "CHROOT",
        "chroot",
        "--chroot",
        "test_chroot.c:a_path_becomes_the_root",
        "test_chroot.c:a_missing_root_is_said",
    ),
    Face(
        "chroot_fd",
        "",
        "chroot",
        "--chroot-fd",
        "test_chroot.c:a_descriptor_becomes_the_root",
        "test_chroot.c:contradictions_are_refused",
    ),
    Face(
        "directory_when",
        "",
        "directory_when",
        "--chdir-when",
        "test_chroot.c:who_enters_it_is_asked_for",
        "test_chroot.c:contradictions_are_refused",
    ),
    Face(
        "no_new_privs",
        "NO_NEW_PRIVS",
        "no_new_privs",
        "--no-new-privs",
        "test_containment.c:no_new_privs_is_set",
        "test_landlock.c:it_needs_a_privilege",
    ),
    Face(
        "landlock",
        "LANDLOCK",
        "landlock",
        "--landlock",
        "test_landlock.c:only_what_is_listed_can_be_done",
        "test_landlock.c:a_path_that_is_not_there_is_named",
    ),
    Face(
        "landlock_fd",
        "",
        "landlock_fd",
        "--landlock-fd",
        "test_landlock.c:a_ruleset_may_be_given",
        "test_landlock.c:what_means_nothing_is_not_compiled",
    ),
    Face(
        "seccomp",
        "SECCOMP",
        "seccomp",
        "--seccomp-filter",
        "test_seccomp.c:a_filter_is_in_force",
        "test_seccomp.c:a_wrong_program_is_refused",
    ),
    Face(
        "unshare",
        "UNSHARE",
        "unshare",
        "--unshare",
        "test_namespaces.c:each_kind_can_be_new",
        "test_namespaces.c:who_may_not_is_told",
    ),
    Face(
        "namespaces",
        "SETNS",
        "namespaces",
        "--setns",
        "test_joining.c:each_kind_can_be_joined",
        "test_joining.c:what_cannot_be_joined_is_named",
    ),
    Face(
        "uid_map",
        "ID_MAPS",
        "uid_map",
        "--map-users",
        "test_id_maps.c:it_is_whom_the_maps_say",
        "test_id_maps.c:a_map_that_is_refused_is_named",
    ),
    Face(
        "gid_map",
        "",
        "gid_map",
        "--map-groups",
        "test_id_maps.c:it_is_whom_the_maps_say",
        "test_id_maps.c:a_map_that_is_refused_is_named",
    ),
    Face(
        "cgroup",
        "CGROUP",
        "cgroup",
        "--cgroup",
        "test_cgroup.c:it_is_entered",
        "test_cgroup.c:one_that_is_not_there_is_named",
    ),
    Face(
        "cgroup_fd",
        "",
        "cgroup",
        "--cgroup-fd",
        "test_cgroup.c:by_descriptor_as_well",
        "test_cgroup.c:what_is_none_is_not_compiled",
    ),
    Face(
        "apparmor_profile",
        "APPARMOR",
        "apparmor_profile",
        "--apparmor-profile",
        "test_containment.c:a_label_is_written",
        "test_containment.c:a_label_needs_its_module",
    ),
    Face(
        "selinux_context",
        "SELINUX",
        "selinux_context",
        "--selinux-label",
        "test_containment.c:a_label_is_written",
        "test_containment.c:a_label_needs_its_module",
    ),
    Face(
        "personality",
        "PERSONALITY",
        "personality",
        "--personality",
        "test_containment.c:personality_is_set",
        "test_containment.c:what_is_no_personality_is_not_compiled",
    ),
    Face(
        "dumpable",
        "DUMPABLE",
        "dumpable",
        "--dumpable",
        "test_dumpable.c:it_is_set_until_exec",
        "test_dumpable.c:other_values_are_refused",
    ),
    Face(
        "death_signal",
        "DEATH_SIGNAL",
        "death_signal",
        "--pdeathsig",
        "test_death.c:it_comes_when_the_process_is_killed",
        "test_death.c:what_it_excludes",
    ),
    Face(
        "environment_clean",
        "",
        "environment_clean",
        "--clean-environment",
        "test_variables.c:what_changes_how_programs_start_is_dropped",
        "test_variables.c:what_is_set_stays",
    ),
    Face(
        "pid_variable",
        "PID_VARIABLE",
        "pid_variable",
        "--pid-variable",
        "test_variables.c:a_variable_has_the_pid",
        "test_variables.c:it_must_be_a_name",
    ),
    Face(
        "listen",
        "",
        "listen",
        "--listen",
        "test_variables.c:sockets_are_handed_over",
        "test_variables.c:numbers_handed_over_are_nobody_elses",
    ),
    Face(
        "listen_names",
        "",
        "listen",
        "--listen",
        "test_variables.c:sockets_are_handed_over",
        "test_variables.c:names_fit_their_sockets",
    ),
    Face(
        "gate",
        "GATE",
        "gate",
        "--gate",
        "test_gate.c:it_opens_when_it_is_closed",
        "test_gate.c:it_must_be_readable",
    ),
    Face(
        "traced",
        "TRACED",
        "traced",
        "--traced",
        "test_gate.c:a_traced_program_stops_at_its_exec",
        "test_gate.c:a_failed_traced_child_is_told_and_reaped",
    ),
    Face(
        "alarm",
        "ALARM",
        "alarm",
        "--alarm",
        "test_scheduling.c:an_alarm_is_set",
        "test_scheduling.c:an_alarm_ends_what_does_nothing_about_it",
    ),
    Face(
        "program_fd",
        "EXEC",
        "program_fd",
        "--program-fd",
        "test_program_descriptor.c:an_open_file_is_executed",
        "test_program_descriptor.c:failures_name_the_descriptor",
    ),
    Face(
        "busy_timeout",
        "",
        "busy_timeout",
        "--busy-timeout",
        "test_busy.c:a_busy_program_is_waited_for",
        "test_busy.c:a_busy_program_is_waited_for_in_vain",
    ),
    Face(
        "shell_fallback",
        "",
        "shell_fallback",
        "--shell-fallback",
        "test_shell.c:a_shell_runs_what_has_no_format",
        "test_shell.c:only_if_asked",
    ),
)

# Those of the command that say what the program is, how it is made, and whom to tell.
NOT_ATTRIBUTES = {
    "size",
    "program",
    "search",
    "candidates",
    "argv",
    "stdio",
    "exempt",
    "keep_ignored_signals",
    "callback",
    "reporter",
    "mechanism",
    # How `death_signal` is done: the launcher is such a program.
    "death_of_thread",
    "order",
    "without_pidfd",
    "best_effort",
}
# Done for every child, or for what is in NOT_ATTRIBUTES.
NOT_STEPS_OF_ATTRIBUTES = {"RESET_HANDLERS", "CALLBACK"}


def fields() -> list[str]:
    """Of struct fx_command, without the counts of its lists."""
    body = HEADER[HEADER.index("typedef struct fx_command {") : HEADER.index("} fx_command;")]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    names = re.findall(r"(\w+)(?:\[\d+\])?;", body)
    return [name for name in names if not name.endswith(("_count", "_size"))]


def child_steps() -> list[tuple[str, str, str, int]]:
    """Of the table: kind, name, key and place of each step that the child does."""
    row = re.compile(
        r'\[FX_STEP_(\w+)\]\s*=\s*\{\s*"([^"]+)",\s*"([^"]+)",\s*"[^"]+",\s*\{(\d+),\s*\d+\}'
    )
    rows = [(kind, name, key, int(place)) for kind, name, key, place in row.findall(STEP_TABLE)]
    return [each for each in rows if each[3] > 0]


def exists(test: str) -> bool:
    file, _, function = test.partition(":")
    text = (ROOT / "tests" / "c" / file).read_text(encoding="utf-8")
    registered = re.search(rf"cmocka_unit_test\w*\(\s*{function}\b", text)
    return f"static void {function}(" in text and registered is not None


def ids(face: Face) -> str:
    return face.field


def test_every_field_has_a_row() -> None:
    rows = {face.field for face in FACES}
    assert set(fields()) - NOT_ATTRIBUTES == rows


def test_every_step_belongs_to_a_row() -> None:
    kinds = {kind for kind, _, _, _ in child_steps()}
    assert kinds - NOT_STEPS_OF_ATTRIBUTES == {face.step for face in FACES if face.step}


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_the_child_can_do_it(face: Face) -> None:
    assert not face.step or f"[FX_STEP_{face.step}]" in CHILD_TABLE
    assert not face.step or f"FX_STEP_{face.step}," in HEADER


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_has_a_keyword(face: Face) -> None:
    assert face.keyword in inspect.signature(forkexec.Setup).parameters


@pytest.fixture(scope="module")
def usage() -> str:
    command = [str(LAUNCHER), "exec", "--help"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_has_an_option(face: Face, usage: str) -> None:
    assert re.search(rf"{re.escape(face.option)}\b", usage)


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_is_documented(face: Face) -> None:
    line = next((line for line in ATTRIBUTES.splitlines() if line.startswith("| `")), "")
    assert line
    documented = [
        line
        for line in ATTRIBUTES.splitlines()
        if f"{face.keyword}=" in line and face.option in line
    ]
    assert documented, f"{face.keyword}= and {face.option} stand in no line of doc/attributes.md"


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_is_tested_from_inside_and_made_to_fail(face: Face) -> None:
    assert exists(face.inside), face.inside
    assert exists(face.failure), face.failure


def test_the_documented_order_is_that_of_the_table() -> None:
    expected = [(name, key) for _, name, key, _ in sorted(child_steps(), key=lambda row: row[3])]
    documented = re.findall(r"^\| (\w+) \| `(\w+)` \|", ORDER, re.MULTILINE)
    assert documented == expected


def test_what_is_not_there_is_found() -> None:
    """The control."""
    assert not exists("test_session.c:no_such_test")
    assert "no_such_keyword" not in inspect.signature(forkexec.Setup).parameters
