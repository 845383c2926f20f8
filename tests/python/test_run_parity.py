# SPDX-License-Identifier: MIT
"""forkexec.run beside subprocess.run, call by call, on every CPython."""

from pathlib import Path

from tests.python import run_cases
from tests.python.support import Python

CASES = Path(run_cases.__file__).read_text()


def test_run_is_as_subprocess_has_it(python: Python) -> None:
    shown = python.succeed(CASES + "\ncompare()\n")
    assert shown.splitlines()[0].startswith("compared "), shown


def test_what_differs_is_shown(python: Python) -> None:
    """The positive control: another run() shows in the comparison."""
    shown = python.succeed(
        CASES
        + """
import forkexec
true = forkexec.run
forkexec.run = lambda *a, **k: true(*a, **{**k, "env": None})
compare()
"""
    )
    assert "env={'A': '1'" in shown and "cwd=" not in shown
