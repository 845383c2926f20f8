# SPDX-License-Identifier: MIT
"""CPython's own tests of subprocess judge forkexec.Popen, on every interpreter that has them."""

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.python.support import Python

JUDGE = str(Path(__file__).with_name("popen_judge.py"))

# Why a test does not pass with it: what it says is about how subprocess does something, or about
# what this package does otherwise by design.
_CALLBACK = "a callable of anybody's is refused, and not called in the child"
_PRIVATE = "about the private functions by which subprocess starts or reaps a child"
_MOCK = "its stdin is a Mock, which has no descriptor to be followed"
_VALUE = "a number that is no id is a ValueError, as for any keyword, and no OverflowError"
OTHERWISE: Dict[str, str] = {
    "test_close_fds_after_preexec": _CALLBACK,
    "test_preexec": _CALLBACK,
    "test_preexec_errpipe_does_not_double_close_pipes": _CALLBACK,
    "test_preexec_exception": _CALLBACK,
    "test_preexec_fork_failure": _CALLBACK,
    "test_preexec_gc_module_failure": _CALLBACK,
    "test_surrogates_error_message": _CALLBACK,
    "test__use_vfork": _PRIVATE,
    "test_exception_errpipe_bad_data": _PRIVATE,
    "test_exception_errpipe_normal": _PRIVATE,
    "test_stopped": _PRIVATE,
    "test_communicate_BrokenPipeError_stdin_close": _MOCK,
    "test_communicate_BrokenPipeError_stdin_close_with_timeout": _MOCK,
    "test_communicate_BrokenPipeError_stdin_flush": _MOCK,
    "test_communicate_BrokenPipeError_stdin_write": _MOCK,
    "test_group": _VALUE,
    "test_user": _VALUE,
}


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
