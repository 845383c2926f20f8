# SPDX-License-Identifier: MIT
"""The keywords of Setup: how each is read, and what goes with what."""

from typing import Any, Dict, Mapping

from forkexec import _setup_kinds as kinds
from forkexec import _setup_values as values
from forkexec._setup_values import Convert

_MECHANISMS = ("auto", "clone3", "clone", "fork", "helper")

CONVERT: Dict[str, Convert] = {
    "limits": values.mapping(values.named("limit"), kinds.limit),
    "default_signals": values.names("signal", has_all=True),
    "ignored_signals": values.names("signal", has_all=True),
    "blocked_signals": values.names("signal", has_all=True),
    "block_signals": values.names("signal", has_all=True),
    "unblock_signals": values.names("signal", has_all=True),
    "new_session": values.flag,
    "process_group": values.number(0, values.INT_MAX),
    "controlling_terminal": values.descriptor,
    "foreground": values.descriptor,
    "nice": values.number(-40, 40),
    "nice_absolute": values.number(-20, 19),
    "scheduling": kinds.scheduling,
    "affinity": kinds.affinity,
    "io_priority": kinds.io_priority,
    "timer_slack": values.number(0, values.COUNT_MAX),
    "oom_score_adj": values.number(-1000, 1000),
    "umask": values.number(0, 0o777),
    "user": kinds.identity,
    "group": kinds.identity,
    "groups": kinds.groups,
    "bounding_capabilities": values.names("capability", has_all=True),
    "permitted_capabilities": values.names("capability", has_all=True),
    "inheritable_capabilities": values.names("capability", has_all=True),
    "ambient_capabilities": values.names("capability", has_all=True),
    "securebits": kinds.securebits,
    "keep_capabilities": values.flag,
    "directory": values.path_or_descriptor,
    "directory_when": values.one_of("last", "before-identity", "first"),
    "chroot": values.path_or_descriptor,
    "no_new_privs": values.flag,
    "landlock": values.mapping(values.path, values.one_of("ro", "rw")),
    "landlock_fd": values.descriptor,
    "seccomp": values.filter_program,
    "unshare": kinds.namespaces,
    "namespaces": values.mapping(values.named("namespace"), values.path_or_descriptor),
    "uid_map": kinds.id_map,
    "gid_map": kinds.id_map,
    "cgroup": values.path_or_descriptor,
    "apparmor_profile": values.full_text,
    "selinux_context": values.full_text,
    "personality": values.number(0, 2**32 - 1),
    "dumpable": values.number(0, 2),
    "death_signal": values.named("signal"),
    "environment_clean": values.flag,
    "environment": values.assignments,
    "environment_set": values.assignments,
    "environment_unset": values.variables,
    "pid_variable": values.variable,
    "listen": kinds.listen,
    "gate": values.descriptor,
    "traced": values.flag,
    "alarm": values.number(1, values.INT_MAX),
    "program_fd": values.descriptor,
    "busy_timeout": values.number(1, values.INT_MAX),
    "shell_fallback": values.flag,
    "map": values.mapping(kinds.child_number, values.descriptor),
    "keep": values.descriptors,
    "close": values.descriptors,
    "inherit_others": values.flag,
    "best_effort": values.names("step"),
    "mechanism": values.one_of(*_MECHANISMS),
}

# Where an empty list says something: the others then say nothing, as if they were not given.
_EMPTY_MEANS_SOMETHING = {
    "blocked_signals",
    "groups",
    "bounding_capabilities",
    "permitted_capabilities",
    "inheritable_capabilities",
    "ambient_capabilities",
    "securebits",
    "environment",
}

# Each says what the other says, in another way.
ALTERNATIVES = (
    ("nice", "nice_absolute"),
    ("new_session", "process_group"),
    ("landlock", "landlock_fd"),
    ("blocked_signals", "block_signals"),
    ("blocked_signals", "unblock_signals"),
)

# They say how subprocess is to make the child, or what only exec can do.
NOT_FOR_A_FORKED_CHILD = (
    "environment_clean",
    "environment",
    "environment_set",
    "environment_unset",
    "pid_variable",
    "listen",
    "program_fd",
    "busy_timeout",
    "shell_fallback",
    "map",
    "keep",
    "close",
    "inherit_others",
    "mechanism",
)


def normalised(given: Mapping[str, Any]) -> Dict[str, Any]:
    """What is set, in normal form and in the order of the table."""
    found: Dict[str, Any] = {}
    for keyword, convert in CONVERT.items():
        value = given.get(keyword)
        if value is not None:
            value = convert(keyword, value)
        if value is not None and _says_something(keyword, value):
            found[keyword] = value
    for first, second in ALTERNATIVES:
        if first in found and second in found:
            raise values.refuse(second, f"excludes {first}")
    if found.get("mechanism") == "auto":
        del found["mechanism"]
    return found


def _says_something(keyword: str, value: Any) -> bool:
    if keyword == "landlock" and not value:
        raise values.refuse(keyword, "allows nothing at all; at least the program is needed")
    is_list = isinstance(value, (tuple, Mapping))
    return bool(value) or not is_list or keyword in _EMPTY_MEANS_SOMETHING
