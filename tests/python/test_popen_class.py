# SPDX-License-Identifier: MIT
"""forkexec.Popen: what subprocess.Popen has, and what it has beside it."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from typing import Any, List

import forkexec
import pytest
from forkexec import Popen

from tests.python.following import (
    DEADLINE,
    Pipe,
)

PIPE = subprocess.PIPE


pytestmark = pytest.mark.usefixtures("nothing_is_left")


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
