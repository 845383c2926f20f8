# SPDX-License-Identifier: MIT
"""communicate() of forkexec.Popen: nothing is lost, and bounds are kept."""

import os
import signal
import subprocess
from typing import Any, List

import forkexec
import pytest
from forkexec import Popen

from tests.python.following import DEADLINE, Pipe

PIPE = subprocess.PIPE


pytestmark = pytest.mark.usefixtures("nothing_is_left")


def shell(script: str, **keywords: Any) -> Popen:
    return Popen(["/bin/sh", "-c", script], **keywords)


def test_both_ways() -> None:
    data = os.urandom(1_000_000)
    child = shell("cat; echo error >&2", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert child.communicate(data) == (data, b"error\n")
    assert child.stdin and child.stdout and child.stderr
    assert child.stdin.closed and child.stdout.closed and child.stderr.closed
    assert child.communicate() == (data, b"error\n")
    assert child.result is not None and child.result.stdout_seen == len(data)


@pytest.mark.parametrize("data", [b"x", bytearray(b"x"), memoryview(b"x"), None, b""])
def test_input_of_any_kind(data: Any) -> None:
    assert Popen(["cat"], stdin=PIPE, stdout=PIPE).communicate(data)[0] == bytes(data or b"")


def test_input_of_the_wrong_kind() -> None:
    with Popen(["cat"], stdin=PIPE, stdout=PIPE) as child, pytest.raises(TypeError):
        child.communicate("text")


def test_input_that_nobody_reads() -> None:
    child = Popen(["true"], stdin=PIPE, stdout=PIPE)
    assert child.communicate(b"x" * 1_000_000) == (b"", None)


def test_text() -> None:
    child = shell("cat; printf 'a'", stdin=PIPE, stdout=PIPE, encoding="utf-16-le")
    with pytest.raises(UnicodeDecodeError):
        child.communicate("ä")
    child = shell("cat; printf 'a\\r\\nb\\rc'", stdin=PIPE, stdout=PIPE, encoding="utf-8")
    assert child.communicate("äöü\n") == ("äöü\na\nb\nc", None)
    child = shell("printf '\\377'", stdout=PIPE, encoding="utf-8", errors="surrogateescape")
    assert child.communicate() == ("\udcff", None)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("stderr", [None, PIPE])
def test_what_was_read_ahead_comes_first(text: bool, stderr: Any) -> None:
    child = shell("printf 'one\\ntwo\\n'; echo three", stdout=PIPE, stderr=stderr, text=text)
    assert child.stdout
    first = child.stdout.readline()
    rest = child.communicate()[0]
    assert [first, rest] == (["one\n", "two\nthree\n"] if text else [b"one\n", b"two\nthree\n"])


@pytest.mark.parametrize("text", [False, True])
def test_a_timeout_loses_nothing(pipes: List[Pipe], text: bool) -> None:
    told, gate, _ = pipes
    child = shell(
        "echo one; echo error >&2; echo told >&3; read x <&4; cat",
        map={3: told.writer, 4: gate.reader},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        text=text,
    )
    told.wait_for(b"told")
    data = "x" * 300_000
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        child.communicate(data if text else data.encode(), timeout=0.05)
    assert (caught.value.stdout, caught.value.stderr) == (b"one\n", b"error\n")
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        child.communicate(timeout=0)
    assert caught.value.output == b"one\n"
    with pytest.raises(ValueError, match="Cannot send input after starting communication"):
        child.communicate(b"more")
    gate.close()
    found = child.communicate(timeout=DEADLINE)
    wanted = ("one\n" + data, "error\n")
    assert found == (wanted if text else tuple(part.encode() for part in wanted))
    assert child.returncode == 0


def test_leaving_after_a_timeout_lets_go_of_the_streams() -> None:
    with Popen(["yes"], stdout=PIPE) as child, pytest.raises(forkexec.TimeoutExpired):
        child.communicate(timeout=0.001)
    assert child.returncode in (-signal.SIGPIPE, 1)  # as SIGPIPE is handled by who started us


def test_files_are_usable_after_a_timeout(pipes: List[Pipe]) -> None:
    gate = pipes[0]
    child = shell("read x <&3; echo late", map={3: gate.reader}, stdout=PIPE)
    with child:
        with pytest.raises(forkexec.TimeoutExpired):
            child.communicate(timeout=0)
        gate.close()
        assert child.stdout and child.stdout.readline() == b"late\n"


def test_interrupted() -> None:
    """As subprocess's own: a short wait for the child, which got the signal, too; nothing more."""

    def interrupt(data: bytes) -> None:
        signal.raise_signal(signal.SIGINT)

    with Popen(["cat"], stdin=PIPE, stdout=PIPE, on_stdout=interrupt, grace=0) as child:
        child._sigint_wait_secs = 0  # type: ignore[attr-defined]
        with pytest.raises(KeyboardInterrupt):
            child.communicate(b"x")


# ---- bounds ----


def test_bounds() -> None:
    script = "printf 0123456789"
    for keep, wanted in (("head", b"0123"), ("tail", b"6789"), ("head-and-tail", b"0189")):
        child = shell(script, stdout=PIPE, max_output=4, keep=keep)
        assert child.communicate() == (wanted, None)
        assert child.result is not None
        assert (child.result.stdout_seen, child.result.stdout_kept) == (10, 4)


def test_too_much_output_stops_it() -> None:
    child = Popen(["yes"], stdout=PIPE, max_output=4, keep="stop")
    with pytest.raises(forkexec.OutputLimitExceeded) as caught:
        child.communicate()
    assert caught.value.stdout == b"y\ny\n" and child.returncode == -signal.SIGTERM
    assert child.result is caught.value.result and child.result and child.result.ending == "output"


def test_idle() -> None:
    with Popen(["cat"], stdin=PIPE, stdout=PIPE, idle_timeout=0.01, grace=DEADLINE) as child:
        assert child.stdin
        os.set_inheritable(child.stdin.fileno(), False)
        held = os.dup(child.stdin.fileno())  # so that it waits for input
        try:
            with pytest.raises(forkexec.IdleTimeoutExpired):
                child.communicate()
        finally:
            os.close(held)
    assert child.returncode == -signal.SIGTERM


def test_who_holds_the_streams_is_not_waited_for(pipes: List[Pipe]) -> None:
    gate, alive, _ = pipes
    script = "(read x <&3) & echo done"
    child = shell(script, stdout=PIPE, map={3: gate.reader, 4: alive.writer}, linger=0)
    assert child.communicate(timeout=DEADLINE) == (b"done\n", None)
    assert child.result is not None and child.result.held
    assert alive.is_held()
    gate.close()
    alive.wait_for_end()


def test_live_output(pipes: List[Pipe]) -> None:
    seen: List[bytes] = []
    tee = pipes[0]
    child = shell("echo one; echo two", stdout=PIPE, on_stdout=seen.append, tee=(tee.writer, None))
    assert child.communicate() == (b"one\ntwo\n", None)
    assert b"".join(seen) == b"one\ntwo\n"
    assert tee.wait_for_end() == b"one\ntwo\n"
