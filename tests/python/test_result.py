# SPDX-License-Identifier: MIT
"""forkexec.Result as a value."""

import pickle
from typing import Any

import forkexec
import pytest
from forkexec import PIPE, Result

from tests.python.support import Python


def some() -> "list[Result]":
    return [
        forkexec.run(["true"]),
        forkexec.run(["echo", "ä"], capture_output=True),
        forkexec.run(["echo", "ä"], capture_output=True, text=True),
        forkexec.run(["printf", "\\377\\n"], stdout=PIPE),
        forkexec.run([b"echo", b"\xff"], stdout=PIPE, max_output=1),
        forkexec.run(("sh", "-c", "kill -9 $$")),
        forkexec.run("exit 3", shell=True),
        Result(["x"], 4, b"out"),
    ]


@pytest.mark.parametrize("n", range(8))
def test_round_trips(n: int) -> None:
    result = some()[n]
    for other in (pickle.loads(pickle.dumps(result)), Result.from_json(result.to_json())):
        assert type(other) is Result
        assert other == result and hash(other) == hash(result)
        assert repr(other).replace("[", "(") == repr(result).replace("[", "(") or n == 5
        for name in ("usage", "duration", "signal", "returncodes", "stdout_seen", "stderr_kept"):
            assert getattr(other, name) == getattr(result, name)


def test_results_that_differ() -> None:
    assert Result(["x"], 0) != Result(["x"], 1)
    assert Result(["x"], 0) != Result(["y"], 0)
    assert Result(["x"], 0, b"a") != Result(["x"], 0, "a")
    assert Result(["x"], 0) == Result(("x",), 0)
    assert Result(["x"], 0) != object()


def test_it_does_not_change() -> None:
    result = Result(["x"], 0, b"out")
    for name in ("returncode", "stdout", "usage", "nonsense"):
        with pytest.raises(AttributeError):
            setattr(result, name, 1)
        with pytest.raises(AttributeError):
            delattr(result, name)


def test_repr() -> None:
    assert repr(Result(["x"], 3, b"out", None)) == "Result(args=['x'], returncode=3, stdout=b'out')"
    assert len(repr(Result(["x"], 3, b"x" * 1_000_000))) < 500


def test_check_returncode() -> None:
    Result(["x"], 0).check_returncode()
    with pytest.raises(forkexec.CalledProcessError) as caught:
        Result(["x"], -9, b"out", b"err").check_returncode()
    error = caught.value
    assert (error.returncode, error.cmd, error.output, error.stderr) == (-9, ["x"], b"out", b"err")
    assert error.result is not None and error.result.signal == 9


@pytest.mark.parametrize("text", ["[]", "{}", '{"args": 1}', "nonsense"])
def test_json_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        Result.from_json(text)


def test_bytes_in_json() -> None:
    import json

    said = [json.loads(result.to_json())["stdout"] for result in some()]
    assert said[1] == {"utf8": "ä\n"}
    assert said[2] == "ä\n"
    assert said[3] == {"base64": "/wo="}


def test_a_cycle_is_no_crash() -> None:
    args: Any = ["x"]
    args.append(Result(args, 0))
    del args


def test_on_every_python(python: Python) -> None:
    script = """
import forkexec, pickle
done = forkexec.run(["echo", "x"], capture_output=True)
assert forkexec.Result.from_json(done.to_json()) == pickle.loads(pickle.dumps(done)) == done
for _ in range(20000):
    forkexec.Result(["x"], 0, b"x" * 1000)
print(done)
"""
    assert python.succeed(script) == (
        "Result(args=['echo', 'x'], returncode=0, stdout=b'x\\n', stderr=b'')\n"
    )
