# SPDX-License-Identifier: MIT
"""forkexec.run: what it takes beyond subprocess.run."""

import os
from pathlib import Path
from typing import Any, Dict, List

import forkexec
import pytest
from forkexec import DEVNULL, PIPE, Setup

from tests.python.running import nothing_left, shell
from tests.python.support import Python

__all__ = ["nothing_left"]  # a fixture of every test here

# ---- what the child is to be ----


@pytest.mark.parametrize(
    "keywords",
    [
        {"limits": {"nofile": 77}},
        {"setup": Setup(limits={"nofile": 77})},
        {"preexec_fn": Setup(limits={"nofile": 77})},
        {"setup": Setup(limits={"nofile": 77}), "umask": 0o22},
    ],
)
def test_keywords_of_setup(keywords: Dict[str, Any]) -> None:
    assert shell("ulimit -n", stdout=PIPE, **keywords).stdout == b"77\n"


def test_known_callables_are_data() -> None:
    result = shell("ps -o sid= $$; echo $$", stdout=PIPE, preexec_fn=os.setsid)
    first, second = result.stdout.split()
    assert first == second


def test_other_callables_are_refused() -> None:
    with pytest.raises(ValueError, match=r"doc/preexec_fn\.md"):
        forkexec.run(["true"], preexec_fn=print)


@pytest.mark.parametrize(
    "keywords",
    [
        {"cwd": "/", "directory": "/"},
        {"env": {}, "environment": {}},
        {"extra_groups": [], "groups": []},
        {"nice": 1, "setup": Setup(nice=1)},
        {"nice": 1, "preexec_fn": Setup(nice=1)},
        {"umask": 0o22, "setup": Setup(umask=0o22)},
        {"start_new_session": True, "setup": Setup(process_group=0)},
        {"start_new_session": True, "preexec_fn": os.setsid},
    ],
)
def test_said_twice(keywords: Dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        forkexec.run(["true"], **keywords)


def test_a_directory_by_descriptor() -> None:
    directory = os.open("/usr", os.O_RDONLY)
    try:
        assert shell("pwd", stdout=PIPE, directory=directory).stdout == b"/usr\n"
    finally:
        os.close(directory)


def test_inherited_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORKEXEC_SEEN", "here")
    assert shell("echo $FORKEXEC_SEEN", stdout=PIPE).stdout == b"here\n"
    monkeypatch.delenv("FORKEXEC_SEEN")
    assert shell("echo $FORKEXEC_SEEN", stdout=PIPE).stdout == b"\n"


def test_an_environment_that_changes_is_seen() -> None:
    variables = {"PATH": os.environ["PATH"], "A": "1"}
    for value in ("1", "2", "3"):
        variables["A"] = value
        assert shell("echo $A", stdout=PIPE, env=variables).stdout == f"{value}\n".encode()


def test_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        forkexec.run(["true"], colour="red")  # type: ignore[call-arg]


# ---- input ----


def test_input_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"x" * 300_000)
    with path.open("rb") as file:
        assert forkexec.run(["wc", "-c"], input=file, stdout=PIPE).stdout.strip() == b"300000"


def test_input_from_what_has_no_descriptor() -> None:
    import io

    assert forkexec.run(["cat"], input=io.BytesIO(b"abc"), stdout=PIPE).stdout == b"abc"
    assert forkexec.run(["cat"], input=io.StringIO("abc"), stdout=PIPE, text=True).stdout == "abc"


def test_input_and_output_at_once() -> None:
    data = os.urandom(3_000_000)
    assert forkexec.run(["cat"], input=data, stdout=PIPE).stdout == data


# ---- functions and tees ----


def test_functions_see_what_comes() -> None:
    seen: Dict[str, List[bytes]] = {"out": [], "err": []}
    result = shell(
        "echo a; echo b >&2; exit 2",
        on_stdout=seen["out"].append,
        on_stderr=seen["err"].append,
    )
    assert (b"".join(seen["out"]), b"".join(seen["err"])) == (b"a\n", b"b\n")
    assert (result.stdout, result.stderr, result.returncode) == (None, None, 2)
    assert (result.stdout_seen, result.stdout_kept) == (2, 0)


def test_functions_and_capture() -> None:
    seen: List[bytes] = []
    result = shell("echo a", stdout=PIPE, on_stdout=seen.append)
    assert (result.stdout, seen) == (b"a\n", [b"a\n"])


def test_an_exception_of_a_function_stops_the_child() -> None:
    pids: List[int] = []

    def refuse(data: bytes) -> None:
        pids.append(int(data))
        raise KeyError("refused")

    with pytest.raises(KeyError, match="refused"):
        shell("echo $$; exec sleep 1000", on_stdout=refuse)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_function_may_run_another_command() -> None:
    inner: List[bytes] = []

    def run(data: bytes) -> None:
        inner.append(forkexec.run(["cat"], input=data, stdout=PIPE).stdout)

    shell("echo a", on_stdout=run)
    assert inner == [b"a\n"]


def test_tee_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"before\n")
        result = shell("echo a; echo b >&2", capture_output=True, tee=file)
    assert (result.stdout, result.stderr) == (b"a\n", b"b\n")
    assert sorted(path.read_bytes().split()) == [b"a", b"b", b"before"]
    assert path.read_bytes().startswith(b"before\n")


def test_tee_of_each_stream(tmp_path: Path) -> None:
    for number, tee in enumerate(("pair", "mapping")):
        paths = [tmp_path / f"{number}{name}" for name in ("out", "err")]
        with paths[0].open("wb") as out, paths[1].open("wb") as err:
            given: Any = (out, err) if tee == "pair" else {"stdout": out, "stderr": err}
            result = shell("echo a; echo b >&2", tee=given)
        assert [path.read_bytes() for path in paths] == [b"a\n", b"b\n"]
        assert (result.stdout, result.stdout_seen) == (None, 2)


def test_tee_to_our_own_streams(python: Python) -> None:
    script = """
import forkexec, sys
sys.stdout.write("first ")
done = forkexec.run(["sh", "-c", "echo a; echo b >&2"], capture_output=True, tee=True)
sys.stdout.flush()
print(done.stdout, done.stderr)
"""
    outcome = python.run("-c", script)
    assert outcome.stderr == "b\n"
    assert "a\n" in outcome.stdout and "b'a\\n' b'b\\n'" in outcome.stdout


@pytest.mark.parametrize(
    "keywords",
    [
        {"stdout": DEVNULL, "tee": (2, None)},
        {"stdout": DEVNULL, "on_stdout": print},
        {"tee": (1, 2, 3)},
        {"tee": {"stdin": 1}},
        {"tee": -4},
        {"idle_timeout": 1},
        {"keep": "middle", "max_output": 1},
        {"keep": "stop"},
        {"max_output": -1},
        {"kill_scope": "everything"},
        {"kill_scope": "cgroup"},
        {"kill_scope": "group", "process_group": os.getpgrp()},
        {"kill_scope": "session", "process_group": 0},
        {"stop_signal": "NONSENSE"},
        {"stdin": forkexec.STDOUT},
    ],
)
def test_what_makes_no_sense(keywords: Dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        forkexec.run(["true"], **keywords)
