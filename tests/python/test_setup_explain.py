# SPDX-License-Identifier: MIT
"""forkexec.explain: what Popen would do, with nothing done."""

import functools
import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import forkexec
import pytest
from forkexec import Setup, explain

from tests.python import fork_exec_calls as calls
from tests.python.setup_programs import OBSERVE
from tests.python.support import Python


def steps(*args: Any, **options: Any) -> List[str]:
    """call(subject) of each line."""
    with calls.unchanged():
        text = explain(*args, **options)
    lines = text.splitlines()
    return [
        line.split(maxsplit=1)[1].split("  #")[0] for line in lines[lines.index("steps:") + 1 :]
    ]


def test_a_plain_program() -> None:
    text = explain(["/bin/true", "a b"], env={"SECRET": "x"})
    first, second, third, *_ = text.splitlines()
    assert first.startswith("mechanism: clone3: ")
    assert second == 'arguments: "/bin/true" "a b"'
    assert third == "environment: SECRET"
    assert text.splitlines()[-1].endswith('exec("/bin/true")')


def test_values_are_shown_if_asked() -> None:
    assert "SECRET=x" in explain(["/bin/true"], env={"SECRET": "x"}, values=True)
    assert "SECRET=x" not in explain(["/bin/true"], env={"SECRET": "x"})


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"cwd": "/usr"}, 'chdir("/usr")'),
        ({"umask": 0o22}, "umask(022)"),
        ({"start_new_session": True}, "setsid()"),
        ({"process_group": 0}, "setpgid(0, 0)"),
        ({"user": 1}, "setresuid(1)"),
        ({"group": 2}, "setresgid(2)"),
        ({"setup": Setup(umask=0o71)}, "umask(071)"),
        ({"setup": os.setsid}, "setsid()"),
        ({"setup": functools.partial(os.umask, 7)}, "umask(07)"),
        ({"setup": Setup(limits={"nofile": (64, 128)})}, "setrlimit(RLIMIT_NOFILE, 64:128)"),
        ({"setup": Setup(directory="/usr")}, 'chdir("/usr")'),
    ],
    ids=str,
)
def test_what_is_said_is_there(options: Dict[str, Any], wanted: str) -> None:
    assert wanted in steps(["/bin/true"], **options)
    options.pop("setup", None)
    assert options or wanted not in steps(["/bin/true"])


def test_streams() -> None:
    with calls.unchanged():
        text = "\n".join(
            steps("/bin/true", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=-2)
        )
    assert all(f", {number})" in text for number in range(3))
    same = steps("/bin/true", stderr=subprocess.STDOUT)
    assert "dup2(1, 2)" in same


def test_a_shell_and_a_search() -> None:
    assert explain("exit 3", shell=True).splitlines()[1] == 'arguments: "/bin/sh" "-c" "exit 3"'
    assert explain(Path("/bin/true")).splitlines()[1] == 'arguments: "/bin/true"'
    assert explain(["x"], executable=b"/bin/true").splitlines()[-1].endswith('exec("/bin/true")')
    assert "/a/true" in explain(["true"], env={"PATH": "/a:/b"})


def test_why_it_is_a_fork() -> None:
    assert explain("/bin/true", setup=lambda: None).startswith("mechanism: fork: a callback")
    assert "callback" in "\n".join(steps("/bin/true", setup=lambda: None))
    assert explain("/bin/true", user=1).startswith("mechanism: fork: ")
    assert explain("/bin/true", setup=Setup(mechanism="fork")).startswith("mechanism: fork: ")
    twice = explain("/bin/true", start_new_session=True, setup=os.setsid)
    assert twice.startswith("mechanism: fork: a callback")


def test_json() -> None:
    found = explain(["/bin/true"], setup=Setup(umask=0o71), format="json", env={"A": "1"})
    assert (found["mechanism"], found["arguments"]) == ("clone3", ["/bin/true"])
    assert {"umask"} <= {step["step"] for step in found["steps"]}
    assert found["environment"] == [["A", None]]


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({"format": "xml"}, ValueError, "format: 'xml' is neither 'text' nor 'json'"),
        ({"setup": 5}, TypeError, "setup: needs a Setup or another callable, not 5"),
        ({"no_such": 5}, TypeError, "no_such"),
        ({"pass_fds": [999]}, OSError, "999"),
        ({"setup": Setup(directory=999)}, subprocess.SubprocessError, "^directory_fd: "),
        ({"setup": Setup(user=1)}, subprocess.SubprocessError, "^groups: "),
    ],
    ids=str,
)
def test_what_cannot_be_explained(given: Dict[str, Any], kind: Any, text: str) -> None:
    with calls.unchanged(), pytest.raises(kind, match=text):
        explain("/bin/true", **given)
    with pytest.raises(ValueError, match="args: needs at least one element"):
        explain([])


def test_nothing_is_started() -> None:
    before = forkexec.stats().spawns
    explain("/bin/true", setup=functools.partial(signal.signal, signal.SIGINT, signal.SIG_IGN))
    assert forkexec.stats().spawns == before and not calls.has_children()


def test_every_python_explains_the_same(python: Python) -> None:
    code = OBSERVE + (
        "import forkexec\n"
        "print(forkexec.explain(['/bin/true'], env={}, cwd='/', stdout=subprocess.PIPE,"
        " setup=forkexec.Setup(umask=0o22, limits={'core': 0})).split('steps:')[1])\n"
    )
    own = explain(
        ["/bin/true"],
        env={},
        cwd="/",
        stdout=subprocess.PIPE,
        setup=Setup(umask=0o22, limits={"core": 0}),
    )
    masked = [line for line in own.split("steps:")[1].splitlines() if "dup2" not in line]
    found = python.succeed(code).splitlines()
    assert [line for line in found if "dup2" not in line][: len(masked)] == masked
