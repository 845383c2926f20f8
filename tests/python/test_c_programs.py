# SPDX-License-Identifier: MIT
"""The collector of C programs never takes silence, a crash or a sanitizer's report for success."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import c_programs
from tests.c_programs import Run, run_program
from tests.worlds import World

REPORT = '<testsuites><testsuite name="group">{cases}</testsuite></testsuites>'
PASSED = '<testcase name="{}" time="0.1"></testcase>'
FAILED = '<testcase name="{}" time="0.1"><failure><![CDATA[1 != 2]]></failure></testcase>'
SKIPPED = '<testcase name="{}" time="0.1"><skipped/></testcase>'


def run(folder: Path, script: str, *listed: str) -> Run:
    """Run a program that is this shell script, as if it registered these tests."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return run_program(program, World("here", "here", {"ANSWER": "42"}), list(listed))


def reporting(*cases: str) -> str:
    report = REPORT.format(cases="".join(cases))
    return f'echo \'{report}\' > "$(dirname "$CMOCKA_XML_FILE")/group.xml"'


def test_a_passed_test_has_no_failure(tmp_path: Path) -> None:
    done = run(tmp_path, reporting(PASSED.format("one")), "one")
    assert done.failure_of("one") is None


def test_a_failed_test_fails_alone(tmp_path: Path) -> None:
    script = reporting(PASSED.format("one"), FAILED.format("two")) + "\nexit 1"
    done = run(tmp_path, script, "one", "two")
    assert done.failure_of("one") is None
    assert "1 != 2" in str(done.failure_of("two"))


def test_a_skipped_test_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, reporting(SKIPPED.format("one")), "one")
    assert done.failure_of("one") is None
    assert done.results["one"].skipped


def test_a_test_without_a_result_fails(tmp_path: Path) -> None:
    done = run(tmp_path, reporting(PASSED.format("one")), "one", "two")
    assert "did not report" in str(done.failure_of("two"))


def test_a_crash_fails_every_test_and_shows_the_output(tmp_path: Path) -> None:
    script = reporting(PASSED.format("one")) + "\necho oh no >&2\nkill -SEGV $$"
    done = run(tmp_path, script, "one", "two")
    failure = str(done.failure_of("one"))
    assert "SIGSEGV" in failure
    assert "oh no" in failure
    assert done.failure_of("two") is not None


def test_a_report_cut_short_is_no_report(tmp_path: Path) -> None:
    script = 'echo \'<testsuites><testcase name="one"\' > "$CMOCKA_XML_FILE.xml"'
    done = run(tmp_path, script, "one")
    assert done.failure_of("one") is not None


@pytest.mark.parametrize(("case", "status"), [(PASSED.format("one"), 3), (FAILED.format("one"), 0)])
def test_status_and_report_must_agree(tmp_path: Path, case: str, status: int) -> None:
    done = run(tmp_path, f"{reporting(case)}\nexit {status}", "one")
    assert "exit status" in str(done.failure_of("one"))


def test_a_test_that_the_source_does_not_name_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, reporting(PASSED.format("one"), PASSED.format("two")), "one")
    assert "two" in str(done.failure_of("one"))


@pytest.mark.parametrize("variable", ["ASAN_OPTIONS", "UBSAN_OPTIONS"])
def test_a_sanitizers_report_fails_every_test(tmp_path: Path, variable: str) -> None:
    log = f'log=${{{variable}#log_path=}}; echo heap-use-after-free > "${{log%%:*}}.7"'
    done = run(tmp_path, f"{reporting(PASSED.format('one'))}\n{log}", "one")
    assert "heap-use-after-free" in str(done.failure_of("one"))


def test_a_hanging_program_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c_programs, "TIME_LIMIT", 0.2)
    done = run(tmp_path, "cat /dev/zero > /dev/null & wait", "one")
    assert "still running" in str(done.failure_of("one"))


def test_a_missing_program_fails(tmp_path: Path) -> None:
    missing = c_programs.ROOT / "build" / "nowhere" / "test_nothing"
    done = run_program(missing, World("here", "here", {}), ["one"])
    assert "not built" in str(done.failure_of("one"))


def test_the_world_reaches_the_program(tmp_path: Path) -> None:
    done = run(tmp_path, f'{reporting(PASSED.format("one"))}\ntest "$ANSWER" = 42', "one")
    assert done.failure_of("one") is None
