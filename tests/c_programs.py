# SPDX-License-Identifier: MIT
"""C test programs as pytest files: one item for each cmocka test and world.

A program runs once in each world, when the first of its items does; the items then read what it
said of each test. A test that the program did not report on has failed: it crashed, or hung.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.worlds import WORLDS, World

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT = 240  # seconds, for a whole program: a bound on hanging, far above what any needs
LISTED_TEST = re.compile(r"\bcmocka_unit_test(?:_\w+)?\s*\(\s*(\w+)")
OUTPUT_SHOWN = 8000


@dataclass
class Result:
    """What a program said of one test."""

    seconds: float
    failure: str | None = None
    skipped: bool = False


@dataclass
class Run:
    """What came of running a program in one world."""

    results: dict[str, Result] = field(default_factory=dict)
    complaint: str | None = None  # concerns the whole program: no test of it has passed
    output: str = ""

    def failure_of(self, test: str) -> str | None:
        """What is said of the whole program is said in full of the first test only."""
        if self.complaint is not None:
            complaint, self.complaint = self.complaint, "as its first test here: the whole program"
            output, self.output = self.output, ""
            return f"{complaint}\n{output}"
        result = self.results.get(test)
        if result is None:
            return f"the program did not report on this test\n{self.output}"
        return None if result.failure is None else f"{result.failure}\n{self.output}"


def read_results(folder: Path) -> dict[str, Result]:
    """cmocka writes a file for each group; one cut short by a crash is not well-formed."""
    results = {}
    for path in sorted(folder.glob("*.xml")):
        try:
            cases = list(ElementTree.parse(path).iter("testcase"))
        except ElementTree.ParseError:
            continue
        for case in cases:
            complaints = [*case.findall("failure"), *case.findall("error")]
            results[case.get("name", "")] = Result(
                seconds=float(case.get("time", "0")),
                failure="\n".join(node.text or "failed" for node in complaints) or None,
                skipped=case.find("skipped") is not None,
            )
    return results


def ending(status: int) -> str:
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"exit status {status}"


def execute(command: list[str], variables: dict[str, str]) -> tuple[int | None, str]:
    """Run to the end, or to the limit. Its group is killed then: its children hold the pipe."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=TIME_LIMIT)
            status: int | None = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            status = None
    return status, output.decode(errors="replace")[-OUTPUT_SHOWN:]


def copy_within_reach(program: Path, folder: Path) -> Path:
    """Whoever it runs as may not be let into the build directory."""
    build = program.parents[2]
    copy = folder / "build"
    for name in ("tests/programs", "tests/c", "src"):
        (copy / name).mkdir(parents=True)
    for path in (build / "tests" / "programs").iterdir():
        if path.is_file():
            shutil.copy2(path, copy / "tests" / "programs")
    # The library looks for its helper beside the program that has it inside.
    helper = build / "src" / "forkexec-helper"
    if helper.exists():
        shutil.copy2(helper, copy / "src")
        shutil.copy2(helper, copy / "tests" / "c")
    return Path(shutil.copy2(program, copy / "tests" / "c"))


def run_program(program: Path, world: World, listed: list[str]) -> Run:
    if not program.exists():
        return Run(complaint=f"{program.relative_to(ROOT)} is not built: `make test` builds it")
    with tempfile.TemporaryDirectory(prefix="forkexec-test-") as name:
        folder = Path(name)
        folder.chmod(0o1777)  # a child of another user has to be able to leave a report
        log = f"log_path={folder / 'sanitizer'}"
        variables = {
            **os.environ,
            "CMOCKA_MESSAGE_OUTPUT": "xml",
            "CMOCKA_XML_FILE": str(folder / "%g.xml"),
            # A report of a child's would be lost if it did not go to a file of its own.
            "ASAN_OPTIONS": f"{log}:detect_stack_use_after_return=1",
            "UBSAN_OPTIONS": f"{log}:print_stacktrace=1:halt_on_error=1",
            **world.environment,
        }
        if world.before:
            program = copy_within_reach(program, folder)
            variables["FORKEXEC_TEST_PROGRAMS"] = str(folder / "build" / "tests" / "programs")
        status, output = execute([*world.before, str(program)], variables)
        run = Run(results=read_results(folder), output=output)
        reports = [path.read_text(errors="replace") for path in folder.glob("sanitizer.*")]
    failures = [result for result in run.results.values() if result.failure]
    if failures:
        # A test that was left in the middle has not freed what it held.
        reports = [report for report in reports if "LeakSanitizer" not in report]
    unlisted = sorted(set(run.results) - set(listed))
    if reports:
        run.complaint = "a sanitizer reports:\n" + "\n".join(reports)
    elif status is None:
        run.complaint = f"still running after {TIME_LIMIT} s"
    elif status != 0 and not failures:
        run.complaint = ending(status)
    elif status == 0 and failures:
        run.complaint = "exit status 0 in spite of failed tests"
    elif unlisted:
        run.complaint = f"ran tests that its source does not name: {', '.join(unlisted)}"
    return run


class ProgramFailedError(Exception):
    """Says, as text, why a test of a C program failed."""


class ProgramTest(pytest.Item):
    """One test of a program in one world."""

    parent: ProgramFile

    def __init__(self, *, test: str, world: World, **options: object) -> None:
        super().__init__(name=f"{test}[{world.name}]", **options)  # type: ignore[arg-type]
        self.test = test
        self.world = world

    def runtest(self) -> None:
        run = self.parent.run(self.world)
        failure = run.failure_of(self.test)
        if failure is not None:
            raise ProgramFailedError(failure)
        if run.results[self.test].skipped:
            pytest.skip(f"skipped by the program in the world {self.world.name}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override]
        if isinstance(excinfo.value, ProgramFailedError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


class ProgramFile(pytest.File):
    """A C test program: its tests are those that its source registers with cmocka."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.runs: dict[str, Run] = {}
        source = self.path.read_text(encoding="utf-8")
        self.listed = list(dict.fromkeys(LISTED_TEST.findall(source)))

    def collect(self) -> Iterator[ProgramTest]:
        if not self.listed:
            raise self.CollectError(f"{self.path.name} registers no test with cmocka_unit_test()")
        for world in WORLDS:
            for test in self.listed:
                yield ProgramTest.from_parent(self, test=test, world=world)

    def run(self, world: World) -> Run:
        if world.name not in self.runs:
            program = ROOT / "build" / world.build / "tests" / "c" / self.path.stem
            self.runs[world.name] = run_program(program, world, self.listed)
        return self.runs[world.name]
