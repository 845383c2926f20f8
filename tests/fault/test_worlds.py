# SPDX-License-Identifier: MIT
"""The same C tests, where the kernel or something in front of it lacks what the engine likes.

Each world says which mechanism must be left, and why; test_mechanism.c holds the engine to it.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from errno import EINVAL, ENOSYS, EPERM

import pytest

from tests.fault.programs import C_TESTS, fault_program

TIME_LIMIT = 200  # seconds, for one program

# Whether a program shares memory with its child is told by CLONE_VFORK among the flags of clone(2);
# thread libraries never set it.
CLONE_VFORK = "0&4000=4000"
P_PIDFD = "0&ffffffff=3"
UNSHARE = "2&2=2"


@dataclass(frozen=True)
class Lack:
    name: str
    rules: tuple[str, ...]
    left: str = "clone3 fastest"
    mechanism: str = ""
    threads: bool = True
    root: bool = False
    looks: bool = True  # at /proc
    programs: tuple[str, ...] = ()  # those that can tell the difference; none: all


# What closes, moves and looks at descriptors, and what waits for and signals a child.
DESCRIPTORS = (
    "test_callback",
    "test_closing",
    "test_directory",
    "test_errors",
    "test_map",
    "test_order",
    "test_stdio",
)
# What tells that a child has a table of its own, however it came by it.
TABLE = (*DESCRIPTORS, "test_crowd", "test_leak_race", "test_mechanism", "test_reporter")
FOLLOWING = (
    "test_errors",
    "test_mechanism",
    "test_parent",
    "test_plans",
    "test_signalling",
    "test_threads",
    "test_wait",
)

LACKS = (
    Lack("no-clone3", (f"{ENOSYS}=clone3",), left="clone refused"),
    # glibc's pthread_create takes EPERM for its last word, so no program with threads.
    Lack("clone3-forbidden", (f"{EPERM}=clone3",), left="clone refused", threads=False),
    Lack(
        "no-shared-memory",
        (f"{ENOSYS}=clone3", f"{EINVAL}=clone:{CLONE_VFORK}"),
        left="fork refused",
    ),
    Lack("no-close_range", (f"{ENOSYS}=close_range",), programs=DESCRIPTORS),
    Lack(
        "close_range-forbidden", (f"{EPERM}=close_range",), mechanism="fork", programs=DESCRIPTORS
    ),
    # The child is born sharing the table, but may not leave it.
    Lack("no-own-table", (f"{EPERM}=close_range:{UNSHARE}",), programs=TABLE),
    # Nor may it fetch anything from there.
    Lack("no-pidfd_getfd", (f"{EPERM}=pidfd_getfd",), programs=("test_crowd", "test_stdio")),
    Lack(
        "no-close_range-no-proc",
        ("no-proc", f"{ENOSYS}=close_range"),
        root=True,
        programs=DESCRIPTORS,
    ),
    Lack("no-proc", ("no-proc",), root=True, looks=False),
    Lack("no-pidfd_open", (f"{ENOSYS}=pidfd_open",), mechanism="fork", programs=FOLLOWING),
    Lack("no-waiting-by-pidfd", (f"{EINVAL}=waitid:{P_PIDFD}",), programs=FOLLOWING),
    Lack("no-pidfd_send_signal", (f"{ENOSYS}=pidfd_send_signal",), programs=FOLLOWING),
)

# Those that start nothing, or nothing else than the others do, but take long; and those about what
# depends on the process having no filter at all.
LEFT_OUT = {
    "test_allocation",
    "test_helper",
    "test_helper_absent",
    "test_kernels",
    "test_launcher_pool",
    "test_leak_race",
    "test_moves",
    "test_reserve",
}
THREADED = {"test_busy", "test_crowd", "test_death", "test_launchers", "test_plans"}
THREADED |= {"test_threads", "test_wait", "test_start", "test_start_held"}
THREADED |= {"test_drain_loop", "test_drain_stuck", "test_drain_tee"}
# Their programs tell what they see in /proc, or what is done there is what is tested.
LOOKING = {
    "test_capabilities",
    "test_descendants",
    "test_id_maps",
    "test_joining",
    "test_launchers",
    "test_limits",
    "test_namespaces",
    "test_program_descriptor",
    "test_scheduling",
    "test_scope",
    "test_start",
    "test_start_held",
}
SOURCES = os.path.join(os.path.dirname(__file__), "..", "c")
TESTS = sorted(
    name[:-2]
    for name in os.listdir(SOURCES)
    if name.startswith("test_") and name.endswith(".c") and name[:-2] not in LEFT_OUT
)


def programs_of(lack: Lack) -> list[str]:
    if lack.programs:
        return list(lack.programs)
    left = (set() if lack.threads else THREADED) | (set() if lack.looks else LOOKING)
    return [name for name in TESTS if name not in left]


def available() -> list[Lack]:
    return [lack for lack in LACKS if os.geteuid() == 0 or not lack.root]


def run_restricted(lack: Lack, name: str) -> subprocess.CompletedProcess[str]:
    variables = {"FORKEXEC_TEST_EXPECTED": lack.left, "FORKEXEC_TEST_MECHANISM": lack.mechanism}
    return subprocess.run(
        [fault_program("restrict"), *lack.rules, "--", str(C_TESTS / name)],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
        start_new_session=True,
    )


@pytest.mark.parametrize("lack", available(), ids=lambda lack: lack.name)
def test_behaviour_is_the_same(lack: Lack) -> None:
    failures = []
    for name in programs_of(lack):
        done = run_restricted(lack, name)
        if done.returncode != 0:
            failures.append(f"{name}: {done.returncode}\n{done.stdout}")
    assert not failures, "\n".join(failures)


def test_a_wrong_expectation_is_found() -> None:
    """The control: without the restriction, test_mechanism sees that clone3 is used after all."""
    done = run_restricted(Lack("nothing", (), left="fork refused"), "test_mechanism")
    assert done.returncode != 0
    assert "expected: fork refused" in done.stdout
