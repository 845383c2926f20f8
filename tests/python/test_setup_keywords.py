# SPDX-License-Identifier: MIT
"""Each keyword arrives: what it says stands in the explanation of the plan, and only then."""

import os
import socket
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest
from forkexec import Setup, explain
from forkexec._setup_table import CONVERT

ENVIRONMENT = {"PATH": "/bin", "LD_X": "1"}

# A Setup's keywords, and what the plan says for them. A descriptor is given by its name.
MARKS: Dict[str, Tuple[Dict[str, Any], str]] = {
    "limits": ({"limits": {"nofile": (64, 128), "core": "max"}}, "RLIMIT_NOFILE, 64:128"),
    "default_signals": ({"default_signals": ["INT"]}, "sigaction(SIGINT, SIG_DFL)"),
    "ignored_signals": ({"ignored_signals": "all"}, "sigaction(SIGHUP, SIG_IGN)"),
    "blocked_signals": ({"blocked_signals": ["TERM"]}, "SIG_SETMASK, [SIGTERM]"),
    "block_signals": ({"block_signals": ["TERM"]}, "SIG_BLOCK, [SIGTERM]"),
    "unblock_signals": ({"unblock_signals": ["TERM"]}, "SIG_UNBLOCK, [SIGTERM]"),
    "new_session": ({"new_session": True}, "setsid()"),
    "process_group": ({"process_group": 0}, "setpgid(0, 0)"),
    "controlling_terminal": (
        {"new_session": True, "controlling_terminal": "terminal"},
        "TIOCSCTTY",
    ),
    "foreground": ({"foreground": "terminal"}, "tcsetpgrp("),
    "nice": ({"nice": 3}, "setpriority(+3)"),
    "nice_absolute": ({"nice_absolute": -3}, "setpriority(-3)"),
    "scheduling": (
        {
            "scheduling": {
                "policy": "deadline",
                "runtime": 1000000,
                "deadline": 2000000,
                "period": 3000000,
                "reset_on_fork": True,
            }
        },
        "deadline, 1000000:2000000:3000000 ns, reset on fork",
    ),
    "affinity": ({"affinity": [0]}, "sched_setaffinity(0)"),
    "io_priority": ({"io_priority": ("best-effort", 6)}, "ioprio_set(best-effort, 6)"),
    "timer_slack": ({"timer_slack": 2**40}, "PR_SET_TIMERSLACK, 1099511627776"),
    "oom_score_adj": ({"oom_score_adj": -7}, "oom_score_adj(-7)"),
    "umask": ({"umask": 0o31}, "umask(031)"),
    "user": ({"user": 7, "groups": []}, "setresuid(7)"),
    "group": ({"group": 8}, "setresgid(8)"),
    "groups": ({"groups": [8, 9]}, "setgroups(8, 9)"),
    "bounding_capabilities": ({"bounding_capabilities": ["net_raw"]}, "PR_CAPBSET_DROP"),
    "permitted_capabilities": ({"permitted_capabilities": ["net_raw"]}, "permitted net_raw"),
    "inheritable_capabilities": (
        {"inheritable_capabilities": ["net_raw"]},
        "inheritable net_raw",
    ),
    "ambient_capabilities": (
        {"ambient_capabilities": ["net_raw"], "permitted_capabilities": "all"},
        "PR_CAP_AMBIENT",
    ),
    "securebits": ({"securebits": ["noroot"]}, "PR_SET_SECUREBITS, noroot"),
    "keep_capabilities": ({"keep_capabilities": True}, "PR_SET_KEEPCAPS"),
    "directory": ({"directory": "/usr"}, 'chdir("/usr")'),
    "directory_when": ({"directory": "folder", "directory_when": "first"}, "fchdir("),
    "chroot": ({"chroot": "/"}, 'chroot("/")'),
    "no_new_privs": ({"no_new_privs": True}, "prctl("),
    "landlock": ({"landlock": {"/usr": "ro"}, "no_new_privs": True}, 'ro "/usr"'),
    "landlock_fd": ({"landlock_fd": "folder", "no_new_privs": True}, "landlock"),
    "seccomp": ({"seccomp": b"\x06\0\0\0\0\0\xff\x7f", "no_new_privs": True}, "seccomp("),
    "unshare": ({"unshare": ["net", "uts"]}, "CLONE_NEWUTS|CLONE_NEWNET"),
    "namespaces": ({"namespaces": {"net": "/proc/self/ns/net"}}, '"/proc/self/ns/net"'),
    "uid_map": ({"unshare": ["user"], "uid_map": [(0, 1, 1)]}, "uid_map 0:1:1"),
    "gid_map": ({"unshare": ["user"], "gid_map": [(0, 2, 1)]}, "gid_map 0:2:1"),
    "cgroup": ({"cgroup": "/nonexistent"}, "cgroup"),
    "apparmor_profile": (
        {"apparmor_profile": "x", "best_effort": ["apparmor_profile"]},
        'apparmor("x")',
    ),
    "selinux_context": (
        {"selinux_context": "x", "best_effort": ["selinux_context"]},
        'selinux("x")',
    ),
    "personality": ({"personality": 0x40000}, "personality(0x40000)"),
    "dumpable": ({"dumpable": 0}, "PR_SET_DUMPABLE, 0"),
    "death_signal": ({"death_signal": "TERM"}, "SIGTERM"),
    "environment": ({"environment": {"A": "1"}}, "environment: A\n"),
    "environment_clean": ({"environment_clean": True}, "environment: PATH\n"),
    "environment_set": ({"environment_set": {"A": "1"}}, "environment: PATH LD_X A\n"),
    "environment_unset": ({"environment_unset": ["PATH"]}, "environment: LD_X\n"),
    "pid_variable": ({"pid_variable": "MYPID"}, "MYPID"),
    "listen": ({"listen": {"web": "socket"}}, "LISTEN_FDNAMES"),
    "gate": ({"gate": "pipe"}, "read("),
    "traced": ({"traced": True}, "ptrace("),
    "alarm": ({"alarm": 7}, "setitimer(7)"),
    "program_fd": ({"program_fd": "program"}, "exec(descriptor "),
    "map": ({"map": {77: 0}}, ", 77)"),
    "keep": ({"keep": ["folder"]}, "F_SETFD, 0"),
    "close": ({"close": [0]}, "close(0)"),
    "best_effort": ({"nice": 3, "best_effort": ["nice"]}, "setpriority(+3), best effort"),
    "mechanism": ({"mechanism": "clone"}, "mechanism: clone: "),
}
# They leave no mark in the text of a plan: they are seen at work, below or in another file.
SEEN_AT_WORK = {"busy_timeout", "shell_fallback", "inherit_others"}


@pytest.fixture
def descriptors() -> Iterator[Dict[str, int]]:
    controller, terminal = os.openpty()
    read, write = os.pipe()
    folder = os.open("/usr", os.O_RDONLY)
    program = os.open("/bin/true", os.O_RDONLY)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield {
            "terminal": terminal,
            "pipe": read,
            "folder": folder,
            "program": program,
            "socket": listener.fileno(),
        }
    for descriptor in (controller, terminal, read, write, folder, program):
        os.close(descriptor)


def with_numbers(value: Any, descriptors: Dict[str, int]) -> Any:
    if isinstance(value, dict):
        return {key: with_numbers(each, descriptors) for key, each in value.items()}
    if isinstance(value, list):
        return [with_numbers(each, descriptors) for each in value]
    return descriptors.get(value, value) if isinstance(value, str) else value


def explained(**keywords: Any) -> str:
    """The plan, or why there is none."""
    try:
        return explain("/bin/true", setup=Setup(**keywords), env=ENVIRONMENT)
    except subprocess.SubprocessError as error:
        return str(error)


@pytest.mark.parametrize("keyword", MARKS)
def test_it_stands_in_the_plan(keyword: str, descriptors: Dict[str, int]) -> None:
    keywords, mark = MARKS[keyword]
    assert keyword in keywords
    assert mark in explained(**with_numbers(keywords, descriptors))
    assert mark not in explained()


def test_every_keyword_is_here() -> None:
    assert set(MARKS) | SEEN_AT_WORK == set(CONVERT)


def test_a_file_without_a_format(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("exit 3\n")
    script.chmod(0o755)
    import forkexec

    forkexec.install()
    try:
        with pytest.raises(OSError, match="Exec format error"):
            subprocess.call([str(script)], preexec_fn=Setup(umask=0))
        setup = Setup(shell_fallback=True, busy_timeout=1)
        assert subprocess.call([str(script)], preexec_fn=setup) == 3
    finally:
        forkexec.uninstall()
