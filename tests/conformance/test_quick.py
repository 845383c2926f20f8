# SPDX-License-Identifier: MIT
"""test_subprocess of every CPython found, on our engine; and the controls of the harness."""

from __future__ import annotations

import os
from typing import Dict, List, Tuple

import pytest

from . import report, suites
from .__main__ import find_module
from .campaign import Campaign, Cell
from .comparison import Judgement
from .interpreters import Interpreter, find
from .prefixes import Engine, Variant, variants

# All runs together, in the first test that needs them; they have limits of their own.
pytestmark = pytest.mark.timeout(1500)

INTERPRETERS: List[Interpreter] = find()
PLACES: List[Tuple[str, Variant]] = [
    (one.label, variant) for one in INTERPRETERS for variant in variants(one)
]

# Several runs share a core well: most of these tests wait for a child or for a clock.
JOBS = 2 * (os.cpu_count() or 1)


def _module() -> str:
    module = find_module()
    assert module is not None, "forkexec is not installed in this environment"
    return module


@pytest.fixture(scope="session")
def cells() -> Dict[Tuple[str, Variant], Cell]:
    campaign = Campaign(
        INTERPRETERS,
        suites.QUICK,
        _module(),
        jobs=JOBS,
        progress=lambda line: print(line, flush=True),
        cached_stock=True,
        name="pytest",
    )
    return {(cell.interpreter.label, cell.variant): cell for cell in campaign.run()}


def test_there_is_something_to_judge() -> None:
    assert INTERPRETERS, "no CPython 3.8 or newer was found"


@pytest.mark.parametrize(
    "label, variant", PLACES, ids=[f"{label}-{variant.value}" for label, variant in PLACES]
)
def test_subprocess_conforms(
    cells: Dict[Tuple[str, Variant], Cell], label: str, variant: Variant
) -> None:
    cell = cells[label, variant]
    if cell.not_judged:
        pytest.skip(cell.not_judged)
    details = "\n".join(finding.ours.detail for finding in cell.judged(Judgement.REGRESSION))
    assert cell.good, "\n".join(report.account([cell])) + "\n" + details


def _some_interpreter() -> Interpreter:
    """The newest that has tests of its own and its engine in a file."""
    fitting = [
        one for one in INTERPRETERS if one.engine and one.has_tests and not one.free_threaded
    ]
    assert fitting, "no CPython with tests and with _posixsubprocess as a file was found"
    return fitting[-1]


_TEST_CASE = "test.test_subprocess.POSIXProcessTestCase."


def test_an_engine_that_forgets_pass_fds_is_flagged() -> None:
    """The control: a comparison that does not see this engine's defect sees nothing."""
    interpreter = _some_interpreter()
    assert interpreter.engine is not None
    tests = [_TEST_CASE + name for name in ("test_pass_fds", "test_close_fds", "test_cwd")]
    campaign = Campaign(
        [interpreter],
        suites.QUICK,
        interpreter.engine,
        control=True,
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
    assert interpreter.engine is not None
    campaign = Campaign(
        [interpreter],
        suites.QUICK,
        interpreter.engine,
        only=["test.test_subprocess.ProcessTestCase.test_cwd"],
        name="canary",
    )
    for cell in campaign.run():
        assert not cell.judged(Judgement.REGRESSION)
        assert cell.problems == [
            "ours: the engine under test is not forkexec: it has no version or no counts"
        ]


def test_stock_copies_hold_the_stock_engine(cells: Dict[Tuple[str, Variant], Cell]) -> None:
    for cell in cells.values():
        if not cell.not_judged:
            assert not [text for text in cell.problems if text.startswith(Engine.STOCK.value)]
