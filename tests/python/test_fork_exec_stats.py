# SPDX-License-Identifier: MIT
"""The counters of the extension."""

import os
import threading
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
from forkexec import _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, rejected, run
from tests.python.support import Python

CALLS = Path(calls.__file__).read_text()
LAST = ERAS[-1]
NOTHING: Dict[str, Any] = {
    "spawns": [],
    "failures": {},
    "skipped": {},
    "durations": [],
    "slowest": 0.0,
    "count": 0,
}


@pytest.fixture(autouse=True)
def reset() -> Iterator[None]:
    _native.stats_reset()
    yield
    _native.stats_reset()


def test_nothing_is_counted_at_first() -> None:
    assert _native.stats() == NOTHING


def test_spawns_by_mechanism_and_reason() -> None:
    run(LAST)
    run(LAST)
    run(LAST, preexec_fn=int)
    run(LAST, allow_vfork=False)
    counts = {reason: count for _, reason, count in _native.stats()["spawns"]}
    assert sum(counts.values()) == _native.stats()["count"] == 4
    assert (counts["callback"], counts["asked"]) == (1, 1)
    assert {"callback", "asked"} <= set(counts)
    assert [m for m, reason, _ in _native.stats()["spawns"] if reason == "callback"] == ["fork"]


def test_failures_by_step_wherever_they_happen() -> None:
    run(LAST, executable_list=[b"/nonexistent"])
    run(LAST, executable_list=[b"/nonexistent"], allow_vfork=False)
    run(LAST, cwd="/nonexistent")
    run(LAST, preexec_fn=lambda: 1 / 0)
    rejected(LAST, p2cread=999)
    assert _native.stats()["failures"] == {"exec": 2, "chdir": 1, "callback": 1, "command": 1}


def test_a_failed_callback_is_counted_by_the_parent(python: Python) -> None:
    """Though install() has a forked process count from zero: between fork and exec it is none."""
    program = """
import forkexec, subprocess
forkexec.install()
try:
    subprocess.run(["/bin/true"], preexec_fn=lambda: 1 / 0)
except subprocess.SubprocessError:
    print(forkexec.stats().failures)
"""
    assert python.succeed(program) == "{'callback': 1}\n"


def test_a_call_that_python_refuses_is_not_counted() -> None:
    rejected(LAST, args=5)
    assert _native.stats() == NOTHING


def test_durations() -> None:
    for _ in range(5):
        run(LAST)
    stats = _native.stats()
    assert len(stats["durations"]) == 5 and min(stats["durations"]) > 0
    assert stats["slowest"] == max(stats["durations"])


def test_only_the_latest_durations_are_kept() -> None:
    for _ in range(4100):
        os.waitpid(_native.fork_exec(*calls.arguments(LAST)), 0)
    stats = _native.stats()
    assert (stats["count"], len(stats["durations"])) == (4100, 4096)


def test_counting_from_many_threads() -> None:
    def work() -> None:
        for _ in range(25):
            run(LAST, executable_list=[b"/nonexistent"])
            _native.stats()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _native.stats()["failures"] == {"exec": 100}
    assert _native.stats()["count"] == 100


def test_starting_anew_while_processes_are_started() -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            run(LAST, executable_list=[b"/nonexistent"], allow_vfork=False)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(300):
        _native.stats_reset()
    stop.set()
    thread.join()
    _native.stats_reset()
    assert _native.stats() == NOTHING


FORKED = """
run(running_era(), executable_list=[b"/nonexistent"])
before = _native.stats()["failures"]
pid = os.fork()
if not pid:
    _native.stats_reset()
    for _ in range(3):
        run(running_era(), executable_list=[b"/nonexistent"])
    assert _native.stats()["failures"] == {"exec": 3}
    assert _native.stats()["count"] == 3
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert _native.stats()["failures"] == before == {"exec": 1}
assert _native.stats()["count"] == 1
"""


def test_a_forked_process_counts_for_itself(python: Python) -> None:
    python.succeed(CALLS + FORKED)
