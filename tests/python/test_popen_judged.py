# SPDX-License-Identifier: MIT
"""CPython's own tests of subprocess judge forkexec.Popen, on every interpreter that has them."""

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.python.support import Python

JUDGE = str(Path(__file__).with_name("popen_judge.py"))

# What they test is how subprocess does it, and not what it does.
OTHERWISE: Dict[str, str] = {}


def judge(python: Python, engine: str) -> Dict[str, Any]:
    outcome = python.run(JUDGE, engine)
    assert outcome.status == 0, outcome
    found: Dict[str, Any] = json.loads(outcome.stdout.splitlines()[-1])
    return found


def test_popen_is_popen(python: Python) -> None:
    if python.run("-c", "import test.test_subprocess").status != 0:
        pytest.skip("it has no tests")
    found = judge(python, "forkexec")
    assert found["passed"] > 150
    unexpected = {
        name: text for name, text in found["failed"].items() if name.split(".")[1] not in OTHERWISE
    }
    assert not unexpected, "\n\n".join(unexpected.values())
