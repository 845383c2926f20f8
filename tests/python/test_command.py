# SPDX-License-Identifier: MIT
"""forkexec.Command and Pipeline: values that can be run."""

import os
import pickle
import sys
from pathlib import Path
from typing import Any, Dict, Iterator

import forkexec
import pytest
from forkexec import DEVNULL, PIPE, STDOUT, Command, Pipeline, Setup

from tests.python.run_cases import open_descriptors
from tests.python.support import Python


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = open_descriptors()
    yield
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


COMMANDS = [
    Command(["true"]),
    Command("exit 3", shell=True),
    Command([b"\xff", Path("/x")], cwd=Path("/"), env={"A": "1", b"B": b"\xff"}),
    Command(["x"], env={"utf8": "1"}, environment_unset=["C"], stdout=PIPE, stderr=STDOUT),
    Command(["x"], limits={"nofile": 256}, nice=5, death_signal="TERM", umask=0o22),
    Command(["x"], setup=Setup(limits={"cpu": 1}), input=b"\xff", timeout=5, check=True),
    Command(["x"], input="text", text=True, max_output=10, keep="tail", kill_scope="group"),
    Command(["x"], pass_fds=[5, 6], extra_groups=[1, 2], user=1, start_new_session=True),
    Command(["x"], map={7: 8}, seccomp=b"\0" * 8, tee=[1, None]),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_round_trips(command: Command) -> None:
    for other in (pickle.loads(pickle.dumps(command)), Command.from_json(command.to_json())):
        assert type(other) is Command
        assert other == command and hash(other) == hash(command)
        assert repr(other) == repr(command)


def test_one_form() -> None:
    left = Command(["x"], limits={"RLIMIT_NOFILE": 5}, env={"A": "1"}, cwd=Path("/"))
    right = Command(("x",), cwd="/", env={"A": "1"}, limits={"nofile": (5, 5)}, timeout=None)
    assert left == right and hash(left) == hash(right) and len({left, right}) == 1
    assert left != Command(["x"]) and left != object()


def test_what_it_was_made_of_may_change() -> None:
    args, env = ["echo", "a"], {"PATH": os.environ["PATH"]}
    command = Command(args, env=env, stdout=PIPE)
    args.append("b")
    env.clear()
    assert command.run().stdout == b"a\n"


def test_it_does_not_change() -> None:
    command = Command(["true"])
    for name in ("args", "timeout"):
        with pytest.raises(AttributeError, match="replace"):
            setattr(command, name, 1)
        with pytest.raises(AttributeError, match="replace"):
            delattr(command, name)


def test_replace() -> None:
    command = Command(["true"], timeout=5, nice=1)
    assert command.replace(timeout=None) == Command(["true"], nice=1)
    assert command.replace(args=["false"], nice=2) == Command(["false"], timeout=5, nice=2)
    assert command.keywords == {"timeout": 5, "nice": 1}


def test_run() -> None:
    command = Command(["sh", "-c", "echo $A; exit 3"], env={"A": "x"}, stdout=PIPE)
    assert (command.run().stdout, command.run().args) == (b"x\n", ["sh", "-c", "echo $A; exit 3"])
    assert command.run(env={"A": "y"}).stdout == b"y\n"
    with pytest.raises(forkexec.CalledProcessError):
        command.run(check=True)


def test_popen() -> None:
    command = Command(["cat"], capture_output=True, stdin=PIPE)
    with command.popen() as popen:
        assert popen.communicate(b"x") == (b"x", b"")
    assert popen.returncode == 0
    with pytest.raises(ValueError, match="input"):
        command.popen(input=b"x")


@pytest.mark.parametrize(
    "keywords",
    [
        {"nonsense": 1},
        {"nice": "x"},
        {"nice": 1, "setup": Setup(nice=1)},
        {"cwd": "/", "directory": "/"},
        {"preexec_fn": print},
    ],
)
def test_errors_are_found_at_once(keywords: Dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Command(["true"], **keywords)
    with pytest.raises(ValueError):
        Command([])


def test_what_cannot_be_said_in_json() -> None:
    with pytest.raises(TypeError, match="stdin: an open file"):
        Command(["x"], stdin=sys.stderr).to_json()
    with pytest.raises(TypeError, match="on_stdout: a function"):
        Command(["x"], on_stdout=print).to_json()
    with pytest.raises(TypeError, match="preexec_fn: a function"):
        Command(["x"], preexec_fn=os.setsid).to_json()


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"args": ["x"], "colour": 1}', '{"args": ["x"], "stdout": "hose"}', "x"]
)
def test_json_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        Command.from_json(text)


def test_json_that_somebody_wrote() -> None:
    text = '{"args": ["echo", {"utf8": "a"}], "stdout": "pipe", "limits": {"nofile": "64:"}}'
    assert Command.from_json(text).run().stdout == b"a\n"


# ---- pipelines ----


def test_pipeline() -> None:
    pipeline = Command(["printf", "b\\na\\nb\\n"]) | Command(["sort"]) | Command(["uniq"])
    result = pipeline.run(stdout=PIPE)
    assert (result.stdout, result.returncodes, result.returncode) == (b"a\nb\n", (0, 0, 0), 0)
    assert result.args == [["printf", "b\\na\\nb\\n"], ["sort"], ["uniq"]]
    assert result.usage.max_resident > 0 and result.duration > 0


def test_pipeline_of_one() -> None:
    assert Pipeline(Command(["echo", "x"])).run(capture_output=True, text=True).stdout == "x\n"


def test_pipeline_input_and_statuses() -> None:
    pipeline = Command(["sh", "-c", "cat; exit 3"]) | Command(["sh", "-c", "cat; exit 4"])
    result = pipeline.run(input=b"x" * 200_000, stdout=PIPE)
    assert (len(result.stdout), result.returncodes, result.returncode) == (200_000, (3, 4), 4)
    with pytest.raises(forkexec.CalledProcessError) as caught:
        pipeline.run(input=b"", stdout=PIPE, check=True)
    assert caught.value.result is not None and caught.value.result.returncodes == (3, 4)


def test_what_ends_first_ends_it() -> None:
    result = (Command(["yes"]) | Command(["head", "-n", "2"])).run(stdout=PIPE)
    assert (result.stdout, result.returncodes) == (b"y\ny\n", (-13, 0))


def test_standard_error_of_all() -> None:
    pipeline = Command(["sh", "-c", "echo a >&2"]) | Command(["sh", "-c", "cat; echo b >&2"])
    assert pipeline.run(stdout=PIPE, stderr=PIPE).stderr == b"a\nb\n"
    assert (Command(["sh", "-c", "echo a >&2"], stderr=DEVNULL) | Command(["cat"])).run(
        capture_output=True
    ).stderr == b""


def test_what_the_commands_say() -> None:
    pipeline = Command(["cat"], input=b"abc") | Command(["cat"], stdout=PIPE, max_output=2)
    assert pipeline.run().stdout == b"ab"
    assert pipeline.run(input=b"xyz").stdout == b"xy"


def test_a_timeout_stops_all() -> None:
    pipeline = Command(["sh", "-c", "echo up; exec sleep 1000"]) | Command(["cat"])
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        pipeline.run(stdout=PIPE, timeout=0.3)
    assert caught.value.output == b"up\n"
    assert caught.value.result is not None and len(caught.value.result.returncodes) == 2


def test_all_or_none() -> None:
    with pytest.raises(forkexec.SpawnError) as caught:
        (Command(["yes"]) | Command(["/nonexistent"])).run(capture_output=True)
    assert caught.value.filename == "/nonexistent"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"stdout": PIPE}, {}, {}),
        ({}, {"stdin": DEVNULL}, {}),
        ({}, {"input": b"x"}, {}),
        ({"timeout": 1}, {}, {}),
        ({"start_new_session": True}, {}, {}),
        ({}, {"process_group": 5}, {}),
        ({}, {}, {"cwd": "/"}),
        ({}, {}, {"kill_scope": "process"}),
        ({}, {}, {"setup": Setup(nice=1)}),
    ],
)
def test_what_makes_no_sense(
    first: Dict[str, Any], second: Dict[str, Any], said: Dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        (Command(["true"], **first) | Command(["true"], **second)).run(**said)


def test_pipeline_as_a_value() -> None:
    pipeline = Command(["a"], nice=1) | Command(["b"])
    for other in (pickle.loads(pickle.dumps(pipeline)), Pipeline.from_json(pipeline.to_json())):
        assert other == pipeline and hash(other) == hash(pipeline)
    assert list(pipeline) == list(pipeline.commands) and len(pipeline) == 2
    assert repr(pipeline) == "Command(['a'], nice=1) | Command(['b'])"
    assert pipeline | Command(["c"]) == Command(["a"], nice=1) | (Command(["b"]) | Command(["c"]))
    with pytest.raises(AttributeError):
        pipeline.commands = ()
    with pytest.raises(TypeError):
        Pipeline(["a"])  # type: ignore[arg-type]


def test_on_every_python(python: Python) -> None:
    script = """
import forkexec, pickle
from forkexec import Command
pipeline = Command(["printf", "a\\\\nb\\\\n"]) | Command(["wc", "-l"], stdout=-1, text=True)
again = pickle.loads(pickle.dumps(pipeline))
assert again == pipeline == forkexec.Pipeline.from_json(pipeline.to_json())
print(again.run().stdout.strip(), again.run().returncodes)
"""
    assert python.succeed(script) == "2 (0, 0)\n"


def test_an_interruption_stops_a_pipeline(python: Python) -> None:
    script = """
import forkexec, os, signal
from forkexec import Command
def handler(number, frame): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    deaf = Command(["sh", "-c", 'trap "" TERM; cat; sleep 1000'])
    (Command(["sleep", "1000"]) | deaf).run(grace=0.2)
except KeyboardInterrupt:
    try: os.waitpid(-1, os.WNOHANG)
    except ChildProcessError: print("gone")
"""
    assert python.succeed(script) == "gone\n"
