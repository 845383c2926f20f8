# SPDX-License-Identifier: MIT
"""forkexec.Popen: what subprocess.Popen has, and what it has beside it."""

import gc
import os
import select
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Iterator, List

import forkexec
import pytest
from forkexec import Popen

from tests.python.following import (
    DEADLINE,
    Pipe,
    assert_no_children,
    make_pipes,
    open_descriptors,
)

PIPE = subprocess.PIPE


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    gc.collect()
    before = open_descriptors()
    yield
    gc.collect()
    assert open_descriptors() == before
    assert_no_children()


@pytest.fixture
def pipes() -> Iterator[List[Pipe]]:
    yield from make_pipes(3)


def shell(script: str, **keywords: Any) -> Popen:
    return Popen(["/bin/sh", "-c", script], **keywords)


# ---- what subprocess.Popen has ----


def test_it_is_one() -> None:
    with Popen(["true"]) as child:
        assert isinstance(child, subprocess.Popen)
        assert child.args == ["true"] and child.pid > 0
        assert (child.stdin, child.stdout, child.stderr) == (None, None, None)
    assert child.returncode == 0 and child.poll() == 0 and child.wait() == 0


@pytest.mark.parametrize("status", ["exit 3", "kill -TERM $$"])
def test_status(status: str) -> None:
    child = shell(status)
    assert child.wait(DEADLINE) == {"exit 3": 3}.get(status, -signal.SIGTERM)


def test_files_are_usable_directly() -> None:
    with Popen(["cat"], stdin=PIPE, stdout=PIPE, text=True, bufsize=1) as child:
        assert child.stdin and child.stdout
        child.stdin.write("one\n")
        assert child.stdout.readline() == "one\n"
        child.stdin.write("two\n")
        child.stdin.close()
        assert child.stdout.read() == "two\n"
    assert child.returncode == 0


def test_kill_and_terminate() -> None:
    for end, number in (("terminate", signal.SIGTERM), ("kill", signal.SIGKILL)):
        with Popen(["cat"], stdin=PIPE) as child:
            getattr(child, end)()
            assert child.wait(DEADLINE) == -number
            getattr(child, end)()  # it has been seen to be dead: nothing is signalled


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Popen(["/nonexistent/program"], stdin=PIPE, stdout=PIPE, stderr=subprocess.DEVNULL)
    assert caught.value.filename == "/nonexistent/program"
    assert isinstance(caught.value, forkexec.SpawnError)


def test_a_child_forgotten_is_told_of() -> None:
    child = Popen(["cat"], stdin=PIPE)
    pid, stdin = child.pid, child.stdin
    with pytest.warns(ResourceWarning, match=f"subprocess {pid} is still running"):
        del child
    assert stdin is not None
    stdin.close()
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    subprocess._cleanup()  # type: ignore[attr-defined]


def test_anybody_may_wait() -> None:
    child = Popen(["cat"], stdin=PIPE)
    seen: List[int] = []
    threads = [threading.Thread(target=lambda: seen.append(child.wait())) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert child.stdin is not None
    child.stdin.close()
    for thread in threads:
        thread.join(DEADLINE)
    assert seen == [0] * 5 and child.poll() == 0


def test_a_status_that_nobody_kept() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert shell("exit 3").wait() == 0
        assert Popen(["true"]).communicate(timeout=DEADLINE) == (None, None)
    finally:
        signal.signal(signal.SIGCHLD, before)


# ---- waiting ----


def test_wait_times_out_and_goes_on() -> None:
    with Popen(["cat"], stdin=PIPE) as child:
        with pytest.raises(subprocess.TimeoutExpired) as caught:
            child.wait(0.001)
        assert isinstance(caught.value, forkexec.TimeoutExpired)
        assert (caught.value.cmd, caught.value.timeout) == (["cat"], 0.001)
        assert child.returncode is None


def test_wait_with_a_timeout_does_not_look_at_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    """subprocess's own does, by time.sleep(), which is the control."""

    def refuse(seconds: float) -> None:
        raise AssertionError("slept")

    ours, stock = (kind(["cat"], stdin=PIPE) for kind in (Popen, subprocess.Popen))
    with ours, stock:
        assert ours.stdin and stock.stdin
        timer = threading.Thread(target=ours.stdin.close)
        monkeypatch.setattr(time, "sleep", refuse)
        timer.start()
        assert ours.wait(DEADLINE) == 0
        with pytest.raises(AssertionError, match="slept"):
            stock.wait(DEADLINE)
        timer.join()


def test_pidfd_usage_and_duration() -> None:
    with Popen(["cat"], stdin=PIPE) as child:
        assert child.usage is None and child.duration is None
        assert child.stdin
        if child.pidfd >= 0:
            poll = select.poll()
            poll.register(child.pidfd, select.POLLIN)
            assert poll.poll(0) == []
            child.stdin.close()
            assert poll.poll(DEADLINE * 1000)
    assert child.usage is not None and child.usage.max_resident > 0
    assert child.duration is not None and child.duration > 0


# ---- communicate() ----


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
    assert child.result is caught.value.result and child.result.ending == "output"


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


# ---- scopes ----

STUBBORN = "trap '' TERM; (trap '' TERM; echo ready >&3; read x <&4) & read x <&4"


def test_stop_reaches_the_scope(pipes: List[Pipe]) -> None:
    told, gate, _ = pipes
    child = shell(
        STUBBORN,
        map={3: told.writer, 4: gate.reader},
        kill_scope="group",
        grace=0,
    )
    told.wait_for(b"ready")
    assert child.stop() == -signal.SIGKILL == child.returncode
    told.wait_for_end()
    assert child.stop() == -signal.SIGKILL


def test_a_signal_to_a_scope(pipes: List[Pipe]) -> None:
    told, gate, _ = pipes
    script = "(echo ready >&3; read x <&4) & read x <&4"
    child = shell(script, map={3: told.writer, 4: gate.reader}, process_group=0)
    told.wait_for(b"ready")
    child.send_signal(signal.SIGTERM, scope="group")
    assert child.wait(DEADLINE) == -signal.SIGTERM
    told.wait_for_end()
    child.send_signal(signal.SIGTERM, scope="group")


def test_a_signal_to_a_scope_that_it_does_not_lead() -> None:
    with Popen(["cat"], stdin=PIPE) as child:
        with pytest.raises(OSError):
            child.send_signal(signal.SIGTERM, scope="group")
        with pytest.raises(ValueError):
            child.send_signal(signal.SIGTERM, scope="galaxy")


# ---- attributes ----


def test_attributes() -> None:
    script = "umask; ulimit -n; pwd; echo $NAME"
    child = shell(
        script,
        stdout=PIPE,
        umask=0o27,
        limits={"nofile": 64},
        cwd="/usr",
        env={"NAME": "value"},
        setup=forkexec.Setup(nice=1),
    )
    assert child.communicate()[0] == b"0027\n64\n/usr\nvalue\n"


def test_a_callable_is_refused() -> None:
    with pytest.raises(ValueError, match=r"preexec_fn\.md"):
        Popen(["true"], preexec_fn=lambda: None)


def test_audited() -> None:
    code = (
        "import sys, forkexec\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(args) if event == 'subprocess.Popen' "
        "else None)\n"
        "forkexec.Popen(['true'], cwd='/', env={'A': 'b'}).wait()\n"
        "print(seen)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=PIPE, check=True)
    assert done.stdout == b"[('true', ['true'], '/', {'A': 'b'})]\n"


def test_where_the_engine_is_installed() -> None:
    code = (
        "import forkexec, subprocess\n"
        "forkexec.install()\n"
        "child = forkexec.Popen(['cat'], stdin=-1, stdout=-1, text=True)\n"
        "print(child.communicate('x'), child.returncode, isinstance(child, subprocess.Popen))\n"
        "print(subprocess.run(['echo', 'x'], stdout=-1).stdout)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=PIPE, check=True)
    assert done.stdout == b"('x', None) 0 True\nb'x\\n'\n"
