# SPDX-License-Identifier: MIT
"""What becomes of tests that crash, hang or linger."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from . import execution, interpreters, prefixes, testsuite, workspace
from .execution import CRASHED, FAILED, PASSED, TIMED_OUT
from .interpreters import Interpreter
from .prefixes import Copy, Engine, Variant

_UNRULY = """
import os, signal, subprocess, sys, time, unittest

class Unruly(unittest.TestCase):
    def test_1_good(self):
        pass

    def test_2_crash(self):
        os.abort()

    def test_3_linger(self):
        # Out of the session, out of the process group, without the environment.
        code = "import os, sys, time; os.setsid(); print(os.getpid(), flush=True); time.sleep(600)"
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        with open({pids!r}, "wb") as file:
            file.write(child.stdout.readline())

    def test_4_hang(self):
        signal.signal(signal.SIGABRT, signal.SIG_IGN)
        while True:
            time.sleep(600)

    def test_5_fork_that_runs_on(self):
        if os.fork() == 0:
            raise ValueError("in the child")
        os.wait()

    def test_6_subtests(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)

    @unittest.expectedFailure
    def test_7_expected(self):
        self.fail()
"""


def _some_interpreter() -> Tuple[Interpreter, str]:
    """One with tests, its own or its distribution's; and where the latter lie."""
    reasons = []
    for one in sorted(interpreters.find(), key=lambda one: not one.has_tests):
        tests = testsuite.obtain(one, os.path.join(workspace.BUILD, "testsuites"))
        if not tests.missing:
            return one, tests.overlay
        reasons.append(f"{one.label}: {tests.missing}")
    pytest.fail(f"no CPython has tests: {'; '.join(reasons)}")


@pytest.fixture
def unruly(tmp_path: Path) -> Iterator[Copy]:
    interpreter, overlay = _some_interpreter()
    with workspace.own_folder(workspace.BUILD, "unruly") as folder:
        root = os.path.join(folder, "copy")
        copy = prefixes.make_copy(interpreter, Engine.STOCK, Variant.DEFAULT, "", root, overlay)
        text = _UNRULY.format(pids=str(tmp_path / "pids"))
        prefixes.add_tests(copy, "test_unruly", text=text)
        yield copy


def test_unruly_tests_are_told_apart_and_leave_nothing(unruly: Copy, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    run = execution.run_suite(unruly, "test_unruly", execution.Setting(reader, idle=10.0))
    os.close(reader)
    os.close(writer)
    results = [outcome.result for outcome in run.outcomes.values()]
    assert results == [PASSED, CRASHED, PASSED, TIMED_OUT, PASSED, FAILED, PASSED]
    assert run.engine is not None and not run.problem
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pids").read_text()), signal.SIGCONT)


def test_a_cut_lifeline_ends_what_runs(unruly: Copy) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    only = ["test.test_unruly.Unruly.test_4_hang"]
    run = execution.run_suite(unruly, "test_unruly", execution.Setting(reader), only=only)
    os.close(reader)
    assert "abandoned" in run.problem or run.outcomes[only[0]].result == TIMED_OUT
