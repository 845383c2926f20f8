# SPDX-License-Identifier: MIT
"""Emulated and instrumented machines, and another C library.

There the fault driver, on its own: one spawn of each variant must do what it does here, and say
which mechanism it took. Emulators refuse to share memory, or copy it and say nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fault.outcome import Outcome, comparable, execute, read_output
from tests.fault.programs import C_TESTS, PROGRAMS, ROOT, fault_program

# Valgrind can only follow an execve that succeeds: it dies of one whose failure it did not foresee.
UNDER_VALGRIND = (
    "test_directory",
    "test_environment",
    "test_mechanism",
    "test_search",
    "test_session",
    "test_signalling",
)
VARIANTS = ("plain", "rich", "search", "missing")
PLATFORM = (
    *("linux_*", "close_common", "condition_posix", "environ_posix", "fork", "process_list"),
    *("users", "wait_timeout_poll"),
)


@dataclass(frozen=True)
class Machine:
    name: str
    compiler: str
    before: tuple[str, ...]  # what is put before the program
    left: str
    package: str


MACHINES = (
    Machine("musl", "musl-gcc", (), "clone3 fastest", "musl-tools"),
    Machine(
        "aarch64",
        "aarch64-linux-gnu-gcc",
        ("qemu-aarch64",),
        "fork refused",
        "gcc-aarch64-linux-gnu",
    ),
)


def sources() -> list[Path]:
    """The engine for Linux, and the driver."""
    folders = ("child", "command", "error", "explain", "follow", "launch", "names", "plan")
    engine = [path for folder in folders for path in (ROOT / "src" / folder).glob("*.c")]
    platform = [path for name in PLATFORM for path in (ROOT / "src/platform").glob(f"{name}.c")]
    tests = ROOT / "tests"
    return [
        *sorted(engine),
        *sorted(platform),
        tests / "fault" / "driver.c",
        tests / "fault" / "driver_commands.c",
        tests / "c" / "state.c",
    ]


def build_driver(machine: Machine, folder: Path) -> str:
    driver = folder / "driver"
    command = [machine.compiler, "-std=c11", "-D_GNU_SOURCE", "-O1", "-static", "-pthread"]
    command += ['-DFX_HELPER_DIRECTORY="/nonexistent"']
    command += [f"-I{ROOT / 'include'}", f"-I{ROOT / 'src'}", "-o", str(driver)]
    command += [f'-DFX_HELPER_DIRECTORY="{folder}"']
    # One compiler run for all: the linker joins what it makes of each.
    subprocess.run([*command, *map(str, sources())], check=True)
    return str(driver)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_spawn_is_the_same(machine: Machine, tmp_path: Path) -> None:
    tools = (machine.compiler, *machine.before[:1])
    missing = [tool for tool in tools if shutil.which(tool) is None]
    assert not missing, f"{missing}: install {machine.package} (and qemu-user for an emulator)"
    driver = build_driver(machine, tmp_path)
    report = tmp_path / "report"

    def spawn(variant: str, before: tuple[str, ...], program: str) -> Outcome:
        report.write_bytes(b"")
        outcome = Outcome()
        flaw = "none"
        status, output = execute(
            [*before, program, variant, "auto", flaw, str(PROGRAMS), str(report)]
        )
        assert status == 0, output
        read_output(output, outcome)
        outcome.report = comparable(report.read_text(encoding="utf-8"))
        return outcome

    for variant in VARIANTS:
        here = spawn(variant, (), fault_program("driver"))
        there = spawn(variant, machine.before, driver)
        assert not there.complaints
        assert (there.code, there.step, there.ended) == (here.code, here.step, here.ended)
        assert there.report == here.report
        if variant != "missing":
            assert there.spawned == machine.left


@pytest.mark.parametrize("name", UNDER_VALGRIND)
def test_valgrind_finds_nothing(name: str) -> None:
    assert shutil.which("valgrind"), "install valgrind"
    done = subprocess.run(
        ["valgrind", "-q", "--error-exitcode=3", str(C_TESTS / name)],
        env={**os.environ, "FORKEXEC_TEST_EXPECTED": "fork copied", "FORKEXEC_TEST_MECHANISM": ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert done.returncode == 0, done.stdout
