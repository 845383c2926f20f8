# SPDX-License-Identifier: MIT
"""What the canary makes of made-up proofs."""

from __future__ import annotations

from typing import Dict

import pytest

from . import canary
from .execution import Run


def _identity(**changes: object) -> Dict[str, object]:
    facts: Dict[str, object] = {
        "file": "/engine",
        "hash": "right",
        "version": "1",
        "installed": False,
        "method": "subprocess",
        "wraps": "",
    }
    return {**facts, **changes}


def _run(**changes: object) -> Run:
    """Of an engine of ours in the place of CPython's."""
    facts: Dict[str, object] = {
        **_identity(),
        "child": _identity(),
        "count_before": 4,
        "count_after": 5,
        "calls": ["fork_exec"],
        "mechanisms": ["clone3"],
    }
    return Run(engine={**facts, **changes})


_INSTALLED: Dict[str, object] = {
    "installed": True,
    "method": "forkexec._popen",
    "wraps": "subprocess",
}


def _installed(**changes: object) -> Run:
    usual: Dict[str, object] = {
        **_INSTALLED,
        "child": _identity(**_INSTALLED),
        "calls": ["popen"],
    }
    return _run(**{**usual, **changes})


STOCK = _run(version="", count_before=None, count_after=None, mechanisms=[])


@pytest.mark.parametrize(
    "stock, ours, words",
    [
        (STOCK, _run(hash="wrong"), "ours: another engine was loaded"),
        (STOCK, STOCK, "ours: the engine under test is not forkexec"),
        (STOCK, _run(count_after=4), "did not go through the engine under test"),
        (STOCK, _run(child=_identity(file="")), "a child with -I has another engine"),
        (
            STOCK,
            _run(method="elsewhere", child=_identity(method="elsewhere")),
            "ours: the method of Popen is that of elsewhere, around none",
        ),
        (STOCK, _installed(), "ours: install() was in force"),
        (STOCK, Run(problem="it crashed"), "ours: it crashed"),
        (_run(), _run(), "stock: the stock engine counts its spawns"),
        (Run(), _run(), "stock: no proof of the engine"),
    ],
)
def test_the_canary_sings(stock: Run, ours: Run, words: str) -> None:
    (problem,) = canary.problems(stock, ours, "right", "right")
    assert words in problem


@pytest.mark.parametrize(
    "ours, words",
    [
        (STOCK, "install() was not in force"),
        (_run(), "install() was not in force"),
        (_installed(hash="wrong"), "another engine was loaded"),
        (_installed(count_after=4), "did not go through the engine under test"),
        (
            _installed(child=_identity(**{**_INSTALLED, "installed": False})),
            "a child with -I has another state of install(): none",
        ),
        (
            _installed(child=_identity(**{**_INSTALLED, "method": "subprocess"})),
            "a child with -I has another method of Popen: subprocess",
        ),
        (
            _installed(
                method="subprocess", child=_identity(**{**_INSTALLED, "method": "subprocess"})
            ),
            "the method of Popen is that of subprocess, around subprocess",
        ),
        (_installed(wraps=""), "is that of forkexec._popen, around none"),
        (_installed(calls=["popen", "fork_exec"]), "not go the short way: popen, fork_exec"),
        (_installed(calls=[]), "did not go the short way: no call"),
        (_installed(calls=[], mechanisms=[]), "a plain Popen passed the engine under test by"),
    ],
)
def test_the_canary_sings_where_install_should_be_in_force(ours: Run, words: str) -> None:
    (problem,) = canary.problems(STOCK, ours, "right", "right", installed=True)
    assert problem.startswith("ours: ") and words in problem


def test_the_canary_is_content_with_the_right_engines() -> None:
    assert canary.problems(STOCK, _run(), "right", "right") == []
    assert canary.problems(STOCK, _installed(), "right", "right", installed=True) == []


def test_where_nothing_is_made_by_clone3_the_long_way_is_right() -> None:
    ours = _installed(calls=["popen", "fork_exec"], mechanisms=["fork"])
    assert canary.problems(STOCK, ours, "right", "right", installed=True) == []
