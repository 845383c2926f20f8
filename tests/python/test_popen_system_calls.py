# SPDX-License-Identifier: MIT
"""The kernel's share of a plain Popen: each system call of parent and child."""

import re
import subprocess
import tempfile
from typing import List

import pytest

from tests.python.support import DEADLINE, Python, clean_environment

PROGRAM = """
import forkexec, subprocess
forkexec.install()
subprocess.Popen(["/bin/true"]).wait()
try:
    open("/begin")
except OSError:
    pass
{call}
try:
    open("/end")
except OSError:
    pass
"""
PARENT = ["rt_sigprocmask", "clone3", "rt_sigprocmask", "wait4"]
# The child's first act gives it a table of descriptors of its own, with nothing left to close.
CUT = ["close_range"]
CHILD = [*CUT, "rt_sigaction", "rt_sigaction", "rt_sigprocmask", "execve"]


def trace(python: Python, call: str) -> List[List[str]]:
    """The names of the calls between the marks: the parent's, and the child's up to exec."""
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run(
            ["strace", "-f", "-o", log.name, python.executable, "-c", PROGRAM.format(call=call)],
            env={**clean_environment(), **python.environment},
            timeout=DEADLINE,
            check=True,
        )
        lines = log.read().splitlines()
    (begin,) = (i for i, line in enumerate(lines) if '"/begin"' in line)
    (end,) = (i for i, line in enumerate(lines) if '"/end"' in line)
    own = lines[begin].split()[0]
    calls = [
        (found[1], found[2])
        for line in lines[begin + 1 : end]
        for found in [re.match(r"(\d+) +(\w+)\(", line)]
        if found
    ]
    child = [name for pid, name in calls if pid != own]
    return [
        [name for pid, name in calls if pid == own],
        child[: child.index("execve") + 1] if "execve" in child else child,
    ]


@pytest.mark.parametrize(
    "call",
    [
        'subprocess.Popen(["/bin/true"]).wait()',
        'subprocess.Popen(["true"], env={"PATH": "/bin"}).wait()',
        'subprocess.call("true", shell=True)',
    ],
)
def test_a_plain_popen(python: Python, call: str) -> None:
    parent, child = trace(python, call)
    assert parent == PARENT
    assert child == CHILD


def test_a_directory_and_a_session_are_a_call_each(python: Python) -> None:
    call = 'subprocess.Popen(["/bin/true"], cwd="/", start_new_session=True).wait()'
    parent, child = trace(python, call)
    assert parent == PARENT
    assert child == [*CUT, "chdir", *CHILD[1:3], "setsid", *CHILD[3:]]


def test_a_failure_is_told_without_a_pipe(python: Python) -> None:
    call = """
try:
    subprocess.Popen(["/nonexistent"])
except FileNotFoundError:
    pass
"""
    parent, child = trace(python, call)
    assert [name for name in parent if name not in ("stat", "newfstatat")] == PARENT
    assert not {"pipe", "pipe2", "read"} & {*parent, *child}
