# SPDX-License-Identifier: MIT
"""The benchmark's drivers: what they speak, and that a load that is asked for is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench.axes import memory
from bench.build import build_programs, lay_out_package, meson_options
from bench.driver import Driver, DriverFailed, Program
from bench.languages import python
from bench.load import Load
from bench.rounds import Entrant, Point, run_rounds
from bench.settings import BINARIES, NOTHING, Settings
from tools.build import ROOT

SMALL = Load(memory=4, descriptors=20, threads=3, environment=12)


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build_programs()
    lay_out_package()


@pytest.fixture
def c_program() -> Program:
    command = [str(BINARIES / "bench_driver")]
    return Program("driver", "C", command, preload=False, early=True)


@pytest.fixture
def python_program() -> Program:
    source = ROOT / "bench" / "rivals" / "every_python" / "popen.py"
    return python(source, sys.executable, "here")


def idle(tmp_path: Path, said: str, preload: bool = True) -> Program:
    """A driver that says something, and no more."""
    script = tmp_path / "idle.py"
    script.write_text(f"print({said!r}, flush=True)\ninput()\n", encoding="utf-8")
    return Program("idle", "Python", [sys.executable, str(script)], preload=preload)


def test_every_way_in_c_starts_a_program(c_program: Program) -> None:
    driver = Driver(c_program, SMALL, early=str(NOTHING))
    try:
        figures = driver.time(str(NOTHING), 3, driver.ways)
        assert [len(each) for each in figures] == [3] * len(driver.ways)
        assert all(figure > 0 for each in figures for figure in each)
        assert driver.rate(str(NOTHING), 2, 2, driver.ways[0]) > 0
    finally:
        driver.stop()


def test_the_ballast_reaches_a_python(python_program: Program) -> None:
    driver = Driver(python_program, SMALL)
    try:
        names = [way.name for way in driver.ways]
        assert names == ["Popen here", "Popen here, forkexec"]
        assert [len(each) for each in driver.time(str(NOTHING), 2, driver.ways)] == [2, 2]
    finally:
        driver.stop()


def test_the_ballast_leaves_nothing_in_the_environment(tmp_path: Path) -> None:
    script = tmp_path / "look.py"
    script.write_text(
        "import os\n"
        "names = [name for name in os.environ if name.startswith(('BENCH_', 'LD_'))]\n"
        "print('way', names, len(os.environ), 'shared', sep='\\t')\n"
        "print('ready', flush=True)\n"
        "input()\n",
        encoding="utf-8",
    )
    driver = Driver(Program("look", "Python", [sys.executable, str(script)]), SMALL)
    driver.stop()
    assert (driver.ways[0].name, driver.ways[0].variant) == ("[]", str(SMALL.environment))


@pytest.mark.parametrize(
    ("load", "missing"),
    [
        (Load(memory=4000, descriptors=0), "megabytes instead of 4000"),
        (Load(memory=0, descriptors=500), "descriptors instead of 500"),
        (Load(memory=0, descriptors=0, threads=30), "threads instead of 30"),
    ],
)
def test_a_driver_that_ignores_its_load_is_caught(tmp_path: Path, load: Load, missing: str) -> None:
    with pytest.raises(DriverFailed, match=missing):
        Driver(idle(tmp_path, "ready", preload=False), load)


def test_a_load_that_cannot_be_taken_up_is_a_failure(c_program: Program) -> None:
    with pytest.raises(DriverFailed, match="RLIMIT_NOFILE"):
        Driver(c_program, Load(descriptors=1 << 30))


def test_a_wrong_introduction_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(DriverFailed, match="introduced itself"):
        Driver(idle(tmp_path, "hello"), Load(memory=0, descriptors=0))


def test_what_a_failing_driver_says_is_told(c_program: Program) -> None:
    driver = Driver(c_program, SMALL)
    try:
        with pytest.raises(DriverFailed, match="No such file"):
            driver.time("/nowhere", 1, [way for way in driver.ways if way.name == "fx_spawn"])
    finally:
        driver.stop()


def test_rounds_give_as_many_figures_to_all(c_program: Program) -> None:
    point = Point("here", SMALL, str(NOTHING))
    driver = Driver(c_program, SMALL)
    try:
        entrants = [
            Entrant(driver, point, driver.ways[:2]),
            Entrant(driver, point, driver.ways[:1]),
        ]
        done: list[float] = []
        run_rounds(entrants, Settings(rounds=3, interpreters=[], runs=2), done.append)
    finally:
        driver.stop()
    assert sum(done) == pytest.approx(1)
    assert [len(rounds) for each in entrants for rounds in each.samples.values()] == [3, 3, 3]


def test_every_file_of_a_rival_in_c_is_built(c_program: Program) -> None:
    driver = Driver(c_program, SMALL)
    driver.stop()
    folder = ROOT / "bench" / "ways"
    sources = [file.read_text() for file in folder.glob("*.c")]
    set_up = (ROOT / "bench" / "set_up.h").read_text().count("    WAY(")
    declared = sum(text.count("\nWAY(") + set_up * text.count("\nWAYS_SET_UP(") for text in sources)
    assert set_up > 1
    assert len(driver.ways) == declared
    assert all(f"ways/{file.name}" in meson_options()[0] for file in folder.glob("*.c"))


def test_a_load_is_bound_to_so_many_processors() -> None:
    assert Load(cores=1).bind() == {min(os.sched_getaffinity(0))}
    assert Load().bind() is None


def test_points_of_an_axis_are_told_apart() -> None:
    points = memory.sweep(Settings(rounds=1, interpreters=[])).points
    assert len({point.label for point in points}) == len({point.load for point in points}) == 4
