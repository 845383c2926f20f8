# SPDX-License-Identifier: MIT
"""forkexec run as process 1, and as a subreaper: orphans are reaped, and stopped at the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.cli.support import DEADLINE, forkexec, launcher

# Process 1 of a pid namespace, and a subreaper outside.
PRIVILEGE = [] if os.geteuid() == 0 else ["--map-root-user"]
FIRST = ["run", *PRIVILEGE, "--unshare=pid", launcher(), "run"]
REAPERS = [FIRST, ["run", "--subreaper"]]

# An orphan that has ended, seen by its pipe, is gone when its number means nobody.
ORPHAN = """
import os
reader, writer = os.pipe()
if os.fork() == 0:
    orphan = os.fork()
    if orphan:
        os.write(writer, b"%d\\n" % orphan)
        os._exit(0)
    os._exit(0)
os.wait()
os.close(writer)
orphan = int(os.read(reader, 100))
while True:
    try:
        os.kill(orphan, 0)
    except ProcessLookupError:
        break
print("gone")
"""


@pytest.mark.parametrize("reaper", REAPERS, ids=["process 1", "subreaper"])
def test_strangers_are_reaped(reaper: list[str]) -> None:
    outcome = forkexec(*reaper, sys.executable, "-c", ORPHAN)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "gone\n", "")


@pytest.mark.parametrize("reaper", REAPERS, ids=["process 1", "subreaper"])
def test_the_status_is_that_of_the_command(reaper: list[str]) -> None:
    script = "(exit 9 &); (sleep 1000 >/dev/null 2>&1 &); exit 3"
    assert forkexec(*reaper, "sh", "-c", script).status == 3
    assert forkexec(*reaper, "no-such-program-anywhere").status == 127


def left_over(words: list[str], trap: str) -> bytes:
    """What an orphan writes after its parent, the command, has ended; all of it, until its end."""
    reader, writer = os.pipe()
    # It is ready when its own child is, which has forgotten the trap by then.
    orphan = f"trap '{trap}' TERM; while :; do (echo ready; exec sleep 1000) & wait; done"
    script = f'sh -c "{orphan}" >&3 & read go'
    with subprocess.Popen(
        [launcher(), *words, f"--map=3={writer}", "sh", "-c", script],
        pass_fds=[writer],
        stdin=subprocess.PIPE,
    ) as process:
        os.close(writer)
        with open(reader, "rb") as output:
            assert output.readline() == b"ready\n"
            assert process.stdin is not None
            process.stdin.close()
            text = output.read()
        assert process.wait(timeout=DEADLINE) in (0, 1)
    return text


@pytest.mark.parametrize("reaper", REAPERS, ids=["process 1", "subreaper"])
def test_who_is_left_is_told_first(reaper: list[str]) -> None:
    at = reaper.index(launcher()) if launcher() in reaper else len(reaper)
    keeping = [*reaper[:at], "--inherit-others", *reaper[at:], "--kill-after=1h"]
    assert left_over(keeping, "echo bye; exit") == b"bye\n"


@pytest.mark.parametrize("reaper", REAPERS, ids=["process 1", "subreaper"])
def test_who_stays_is_killed(reaper: list[str]) -> None:
    at = reaper.index(launcher()) if launcher() in reaper else len(reaper)
    keeping = [*reaper[:at], "--inherit-others", *reaper[at:], "--kill-after=.2"]
    assert left_over(keeping, "echo stay").startswith(b"stay\n")


def test_without_being_asked_nobody_is_stopped() -> None:
    """What the tests above would see without their option."""
    reader, writer = os.pipe()
    script = "sleep 1000 & echo $! >&3"
    assert forkexec("run", f"--map=3={writer}", "sh", "-c", f"({script}) >/dev/null 2>&1",
                    keep=(writer,)).status == 0  # fmt: skip
    os.close(writer)
    os.kill(int(os.read(reader, 100)), signal.SIGKILL)
    os.close(reader)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP])
def test_process_1_passes_signals_on(number: signal.Signals) -> None:
    """Which the kernel drops where process 1 does not catch them."""
    script = (
        f"trap 'echo got; exit 6' {number.name[3:]}; kill -{int(number)} 1; while :; do :; done"
    )
    outcome = forkexec(*FIRST, "sh", "-c", script)
    assert (outcome.status, outcome.stdout) == (6, "got\n")
    # Whoever does not catch it ends by it, as it is not process 1.
    outcome = forkexec(*FIRST, "sh", "-c", f"kill -{int(number)} 1; while :; do :; done")
    assert outcome.status == 128 + number


def test_a_deadline_reaches_orphans() -> None:
    reader, writer = os.pipe()
    script = "(sleep 1000 & echo >&3); sleep 1000"
    with subprocess.Popen(
        [launcher(), "run", "--subreaper", "--kill-after=1h", f"--map=3={writer}"]
        + ["sh", "-c", script],
        pass_fds=[writer],
    ) as process:
        os.close(writer)
        assert os.read(reader, 1) == b"\n"
        process.terminate()
        assert process.wait(timeout=DEADLINE) == 128 + signal.SIGTERM
        assert os.read(reader, 1) == b""
    os.close(reader)
