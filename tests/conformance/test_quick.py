# SPDX-License-Identifier: MIT
"""test_subprocess of every CPython found, on our engine and under install(); and the controls of
the harness."""

from __future__ import annotations

import os
from typing import Dict, Generator, Iterator, List, Tuple

import pytest

from . import report, suites
from .__main__ import find_module, find_package
from .campaign import Campaign
from .comparison import Judgement
from .interpreters import Interpreter, find
from .prefixes import Engine, Variant, variants
from .preparation import Cell

# A test waits until its runs are over; they have limits of their own.
pytestmark = pytest.mark.timeout(1500)

Place = Tuple[str, Variant]

INTERPRETERS: List[Interpreter] = find()
PLACES: List[Place] = [(one.label, variant) for one in INTERPRETERS for variant in variants(one)]

# Several runs share a core well: most of these tests wait for a child or for a clock.
JOBS = 2 * (os.cpu_count() or 1)


class Results:
    """Judged cells, each awaited by the test that is about it, while the others still run."""

    def __init__(self, judged: Generator[Cell, None, None]) -> None:
        self._judged = judged
        self._cells: Dict[Place, Cell] = {}

    def __getitem__(self, place: Place) -> Cell:
        while place not in self._cells:
            cell = next(self._judged)
            self._cells[cell.interpreter.label, cell.variant] = cell
        return self._cells[place]

    def close(self) -> None:
        """Up to the check of the whole run, unless some were never asked for: end those."""
        if len(self._cells) == len(PLACES):
            assert next(self._judged, None) is None
        self._judged.close()


def our_module() -> str:
    module = find_module()
    assert module is not None, "forkexec is not installed in this environment"
    return module


@pytest.fixture(scope="session")
def results() -> Iterator[Results]:
    campaign = Campaign(
        INTERPRETERS,
        suites.QUICK,
        our_module(),
        find_package(),
        jobs=JOBS,
        cached_stock=True,
        name="pytest",
    )
    results = Results(campaign.judge_each())
    yield results
    results.close()


def test_there_is_something_to_judge() -> None:
    assert INTERPRETERS, "no CPython 3.8 or newer was found"


@pytest.mark.parametrize(
    "place", PLACES, ids=[f"{label}-{variant.value}" for label, variant in PLACES]
)
def test_subprocess_conforms(results: Results, place: Place) -> None:
    cell = results[place]
    if cell.not_judged:
        pytest.skip(cell.not_judged)
    if not cell.good:
        details = [finding.ours.detail for finding in cell.judged(Judgement.REGRESSION)]
        pytest.fail("\n".join(report.account([cell]) + details[:3]), pytrace=False)


def _some_interpreter() -> Interpreter:
    """For the controls: the newest with all of its own, else one that borrows its tests."""
    usable = [one for one in INTERPRETERS if not one.free_threaded]
    assert usable, "no CPython that the engine can be loaded into was found"
    return max(usable, key=lambda one: (bool(one.engine and one.has_tests), one.minor))


_TEST_CASE = "test.test_subprocess.POSIXProcessTestCase."


def test_an_engine_that_forgets_pass_fds_is_flagged() -> None:
    """The control: a comparison that does not see this engine's defect sees nothing.

    Under install() it is the short way of Popen that forgets them: the tests do go that way.
    """
    tests = [_TEST_CASE + name for name in ("test_pass_fds", "test_close_fds", "test_cwd")]
    campaign = Campaign(
        [_some_interpreter()],
        suites.QUICK,
        our_module(),
        find_package(),
        ours=Engine.BROKEN,
        only=tests + ["test.test_subprocess.ProcessTestCase.test_cwd"],
        name="control",
    )
    for cell in campaign.run():
        flagged = [finding.test for finding in cell.judged(Judgement.REGRESSION)]
        assert flagged == [_TEST_CASE + "test_pass_fds"]
        assert not cell.good


def test_the_stock_engine_in_our_place_is_refused() -> None:
    """The canary: equal results prove nothing when both sides ran the same engine."""
    interpreter = _some_interpreter()
    if interpreter.engine is None:
        pytest.skip("the stock engine of every CPython here is built in: there is no file to place")
    campaign = Campaign(
        [interpreter],
        suites.QUICK,
        interpreter.engine,
        variants=[variant for variant in Variant if variant is not Variant.INSTALLED],
        only=["test.test_subprocess.ProcessTestCase.test_cwd"],
        name="canary",
    )
    for cell in campaign.run():
        assert not cell.judged(Judgement.REGRESSION)
        assert cell.problems == [
            "ours: the engine under test is not forkexec: it has no version or no counts"
        ]


def test_a_package_that_is_not_enabled_is_refused() -> None:
    """The canary under install(): nor when it was in force on neither side."""
    campaign = Campaign(
        [_some_interpreter()],
        suites.QUICK,
        our_module(),
        find_package(),
        variants=[Variant.INSTALLED],
        ours=Engine.IDLE,
        only=["test.test_subprocess.ProcessTestCase.test_cwd"],
        name="idle",
    )
    (cell,) = campaign.run()
    assert not cell.judged(Judgement.REGRESSION)
    assert cell.problems == ["ours: install() was not in force"]
