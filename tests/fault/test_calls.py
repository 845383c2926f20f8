# SPDX-License-Identifier: MIT
"""Exactly these system calls does each kind of spawn make, from fx_spawn() to fx_child_close().

What is done once a process has been done before. A call more here is a spawn that has become
slower, or does something that nobody asked for.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fault.programs import PROGRAMS, fault_program

LOOK_AT_STREAMS = ["fcntl"] * 3
MAKE = ["rt_sigprocmask", "clone3", "rt_sigprocmask"]
END = ["waitid", "close"]
CUT = ["close_range"]
SIGNALS_AND_EXEC = ["rt_sigaction", "rt_sigaction", "rt_sigprocmask", "execve"]
# The placeholder is looked at once, each reserved number compared to it before it is written to.
LOOK = ["newfstatat"]
LEND = ["fcntl", "dup3"]
TAKE_BACK = ["dup3"]

# One that has ended, and what it has written, by a drain: one sleep, and one more for the ends.
HAS_ENDED = ["waitid"] * 2
TAKE_OVER = ["fcntl"] * 2 + ["ioctl"] * 2
DRAIN = [*TAKE_OVER, "poll", *["read"] * 2, "poll", *["close"] * 2, "waitid"]

# Of the parent, and of the child.
CALLS: dict[str, tuple[list[str], list[str]]] = {
    "plain": ([*LOOK_AT_STREAMS, *MAKE, *END], [*CUT, *SIGNALS_AND_EXEC]),
    "plan": ([*MAKE, *END], [*CUT, *SIGNALS_AND_EXEC]),
    # By pid, nobody may reap it between the look and the wait: one call to sleep, one to reap.
    "without-pidfd": ([*LOOK_AT_STREAMS, *MAKE, "waitid", "waitid"], [*CUT, *SIGNALS_AND_EXEC]),
    "inherit-others": ([*LOOK_AT_STREAMS, *MAKE, *END], SIGNALS_AND_EXEC),
    "pipes": (
        ["pipe2"] * 3 + [*MAKE, *["close"] * 3, *END, *["close"] * 3],
        [*CUT, *["dup3"] * 3, "close_range", *SIGNALS_AND_EXEC],
    ),
    "set-up": (
        ["pipe2"] * 3 + [*MAKE, *["close"] * 3, *END, *["close"] * 3],
        [*CUT, "setsid", *["dup3"] * 3, "close_range", "chdir", *SIGNALS_AND_EXEC],
    ),
    "captured": (
        ["fcntl", *["pipe2"] * 2, *MAKE, *["close"] * 2, *HAS_ENDED, *DRAIN, "close"],
        [*CUT, *["dup3"] * 2, "close_range", *SIGNALS_AND_EXEC],
    ),
    # However many descriptors the parent has.
    "crowd": ([*LOOK_AT_STREAMS, *MAKE, *END], [*CUT, *SIGNALS_AND_EXEC]),
    "crowd-pipe": (
        ["fcntl"] * 2
        + ["pipe2", "prlimit64", *LOOK, *LEND, *MAKE, "close", *TAKE_BACK, *END, "close"],
        [*CUT, "dup3", "close_range", *SIGNALS_AND_EXEC],
    ),
    "crowd-kept": (
        [
            *LOOK_AT_STREAMS,
            *["fcntl"] * 3,
            "prlimit64",
            *LOOK,
            *LEND * 3,
            *MAKE,
            *TAKE_BACK * 3,
            *END,
        ],
        [*CUT, *["dup3"] * 3, "close_range", *SIGNALS_AND_EXEC],
    ),
    # No low number can be had: the child fetches them through a descriptor of its parent's thread.
    "crowd-kept-late": (
        [*LOOK_AT_STREAMS, *["fcntl"] * 3, "prlimit64", "fcntl", "close", "getpid", "gettid"]
        + [*MAKE, *END],
        [*CUT, "getppid", "pidfd_open", *["pidfd_getfd"] * 3, "close"]
        + [*["dup3"] * 3, *SIGNALS_AND_EXEC],
    ),
}


def calls_of(kind: str, folder: Path) -> tuple[list[str], list[str]]:
    log = folder / "calls"
    act = str(PROGRAMS / "act")
    kinds = [fault_program("kinds"), kind, act]
    subprocess.run([fault_program("inject"), str(log), "parent", "0", "none", *kinds], check=True)
    made: dict[str, list[str]] = {"parent": [], "child": []}
    for line in log.read_text(encoding="ascii").splitlines():
        who, _, name = line.split()
        made[who].append(name)
    return made["parent"], made["child"]


@pytest.mark.parametrize("kind", CALLS)
def test_it_makes_exactly_these_calls(kind: str, tmp_path: Path) -> None:
    parent, child = CALLS[kind]
    assert calls_of(kind, tmp_path) == (parent, child)


def test_another_kind_makes_others(tmp_path: Path) -> None:
    """The control: one descriptor more to be closed shows."""
    assert calls_of("without-pidfd", tmp_path) != CALLS["plain"]
