# SPDX-License-Identifier: MIT
"""What forkexec.run raises."""

import copy
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any, Dict, Type

import forkexec
import pytest
from forkexec import PIPE

from tests.python.support import Python


def failure(args: Any, **keywords: Any) -> forkexec.SpawnError:
    with pytest.raises(forkexec.SpawnError) as caught:
        forkexec.run(args, **keywords)
    return caught.value


@pytest.mark.parametrize(
    ("args", "keywords", "kind", "step", "filename"),
    [
        (["/nonexistent"], {}, FileNotFoundError, "exec", "/nonexistent"),
        (["forkexec-none"], {}, FileNotFoundError, "exec", "forkexec-none"),
        (["x"], {"executable": b"/nonexistent"}, FileNotFoundError, "exec", b"/nonexistent"),
        (["/etc/passwd"], {}, PermissionError, "exec", "/etc/passwd"),
        (["/etc/passwd/x"], {}, NotADirectoryError, "exec", "/etc/passwd/x"),
        (["true"], {"cwd": "/nonexistent"}, FileNotFoundError, "chdir", "/nonexistent"),
        (["true"], {"cwd": Path("/etc/passwd")}, NotADirectoryError, "chdir", Path("/etc/passwd")),
        (["true"], {"directory": "/nonexistent"}, FileNotFoundError, "chdir", "/nonexistent"),
        (["true"], {"stdin": 9999}, OSError, "command", None),
        (["true"], {"map": {5: 9999}}, OSError, "command", None),
        (["true"], {"user": "forkexec-none", "groups": []}, FileNotFoundError, "command", None),
    ],
)
def test_spawn_error(
    args: Any, keywords: Dict[str, Any], kind: Type[OSError], step: str, filename: Any
) -> None:
    error = failure(args, **keywords)
    assert isinstance(error, kind) and isinstance(error, OSError)
    assert (error.step, error.filename) == (step, filename)
    assert error.strerror == os.strerror(error.errno or 0)
    assert str(error) == error.sentence and error.subject in error.sentence
    assert error.result is None


def test_the_sentence() -> None:
    assert str(failure(["true"], cwd="/nonexistent")) == (
        'chdir("/nonexistent"): No such file or directory'
    )


def test_a_name_that_is_no_text() -> None:
    assert "\udcff" in failure([b"/nonexistent/\xff"]).sentence


@pytest.mark.parametrize("again", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_spawn_error_is_pickled(again: Any) -> None:
    error = failure(["/nonexistent"])
    other = again(error)
    assert type(other) is type(error) and isinstance(other, FileNotFoundError)
    names = ("errno", "strerror", "filename", "step", "subject", "index", "sentence", "args")
    assert [getattr(other, name) for name in names] == [getattr(error, name) for name in names]
    assert str(other) == str(error)


def caught(script: str, **keywords: Any) -> Any:
    with pytest.raises(subprocess.SubprocessError) as found:
        forkexec.run(["sh", "-c", script], capture_output=True, **keywords)
    return found.value


CASES = [
    ("echo a; echo b >&2; exit 3", {"check": True}, forkexec.CalledProcessError),
    ("echo a; echo b >&2; exec sleep 1000", {"timeout": 0.3}, forkexec.TimeoutExpired),
    ("echo a; echo b >&2; exec sleep 1000", {"idle_timeout": 0.3}, forkexec.IdleTimeoutExpired),
    (
        "echo b >&2; echo a; exec yes 1>&2",
        {"max_output": 2, "keep": "stop"},
        forkexec.OutputLimitExceeded,
    ),
]


@pytest.mark.parametrize(("script", "keywords", "kind"), CASES)
def test_errors_have_what_was_read(script: str, keywords: Dict[str, Any], kind: Any) -> None:
    error = caught(script, **keywords)
    assert type(error) is kind
    assert (error.output, error.stdout, error.stderr) == (b"a\n", b"a\n", b"b\n")
    assert error.cmd == ["sh", "-c", script]
    assert error.result.stdout == b"a\n"
    assert error.result.returncode == getattr(error, "returncode", error.result.returncode)


@pytest.mark.parametrize(("script", "keywords", "kind"), CASES)
def test_errors_are_pickled(script: str, keywords: Dict[str, Any], kind: Any) -> None:
    error = caught(script, **keywords)
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is kind and str(other) == str(error)
    assert (other.output, other.stderr, other.result) == (b"a\n", b"b\n", error.result)


def test_classes() -> None:
    assert issubclass(forkexec.CalledProcessError, subprocess.CalledProcessError)
    assert issubclass(forkexec.OutputLimitExceeded, forkexec.CalledProcessError)
    assert issubclass(forkexec.TimeoutExpired, subprocess.TimeoutExpired)
    assert issubclass(forkexec.IdleTimeoutExpired, forkexec.TimeoutExpired)
    assert issubclass(forkexec.SpawnError, OSError)


@pytest.mark.parametrize(("wrote", "text"), [("a\\303", "a"), ("a\\377b", "a\ufffdb")])
def test_text_of_a_timeout_is_text(wrote: str, text: str) -> None:
    error = caught(f"printf '{wrote}'; exec sleep 1000", timeout=0.3, encoding="utf-8")
    assert error.output == text


def test_a_start_that_takes_too_long(tmp_path: Path) -> None:
    """The program is open for writing, and the child tries again and again."""
    program = tmp_path / "program"
    program.write_bytes(Path("/bin/true").read_bytes())
    program.chmod(0o755)
    with program.open("r+b"):
        error = failure([program], busy_timeout=1_000_000, start_timeout=0.2)
    assert isinstance(error, TimeoutError)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_start_in_time() -> None:
    result = forkexec.run(["echo", "x"], stdout=PIPE, start_timeout=100)
    assert result.stdout == b"x\n"


def test_sigchld_ignored(python: Python) -> None:
    """Nobody knows the status then; subprocess says 0."""
    script = """
import forkexec, signal, subprocess
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
done = forkexec.run(["sh", "-c", "echo x; exit 3"], capture_output=True)
print(done.stdout, done.returncode, subprocess.run(["false"]).returncode)
"""
    assert python.succeed(script) == "b'x\\n' 0 0\n"
