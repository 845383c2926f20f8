# SPDX-License-Identifier: MIT
"""forkexec run: signals to it are signals to the command."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import DEADLINE, launcher, succeeds

# Says the number of each signal that comes; TERM is the last.
LISTENER = """
import os, signal, sys
numbers = set(map(int, sys.argv[1:]))
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
os.write(1, b"ready\\n")
number = None
while number != signal.SIGTERM:
    number = signal.sigwait(numbers)
    os.write(1, b"%d\\n" % number)
"""
PASSED_ON = [
    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
    signal.SIGWINCH, signal.SIGCONT, signal.SIGURG, signal.SIGIO, signal.SIGTERM,
]  # fmt: skip


def listener(*numbers: int) -> list[str]:
    return [sys.executable, "-c", LISTENER, *map(str, numbers)]


@pytest.mark.parametrize("way", [(), ("--kill-scope=group",), ("--tee=/dev/null",)], ids=" ".join)
def test_signals_are_passed_on(way: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [launcher(), "run", *way, *listener(*PASSED_ON)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        for number in PASSED_ON:
            process.send_signal(number)
            assert int(process.stdout.readline()) == number
        assert process.stdout.read() == b""
        assert process.wait(timeout=DEADLINE) == 0


def test_who_does_not_end_is_killed_after_a_while() -> None:
    """Whether the signal is the ladder's own or another one."""
    script = "trap '' TERM INT; echo ready; while :; do sleep 1000; done"
    for number in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen(
            [launcher(), "run", "--kill-after=.1", "sh", "-c", script], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(number)
            # Nobody is left who holds it.
            assert process.stdout.read() == b""
            assert process.wait(timeout=DEADLINE) == 128 + signal.SIGKILL


def test_what_is_ignored_stays_ignored() -> None:
    """As nohup(1) has it."""
    shown = "grep SigIgn /proc/$$/status"
    script = f"trap '' HUP; exec {launcher()} run sh -c '{shown}; kill -HUP $PPID; echo on'"
    done = subprocess.run(
        ["sh", "-c", script], stdout=subprocess.PIPE, timeout=DEADLINE, check=True
    )
    mask, rest = done.stdout.split(b"\n", 1)
    assert int(mask.split()[1], 16) & 1
    assert rest == b"on\n"


def test_sigchld_may_be_ignored() -> None:
    """Some parents leave it so; the status is there even then."""
    script = f"trap '' CHLD; {launcher()} run sh -c 'exit 7'"
    assert subprocess.run(["sh", "-c", script], timeout=DEADLINE, check=False).returncode == 7


# Counts SIGINT until another one comes, with which all of them have come.
COUNTER = """
import os, signal
reader, writer = os.pipe()
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
for number in (signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, lambda *_: None)
os.write(1, b"ready\\n")
count = 0
while os.read(reader, 1)[0] == signal.SIGINT:
    count += 1
    os.write(1, b"int\\n")
os.write(1, b"count %d\\n" % count)
"""


@pytest.mark.parametrize("way", [[], ["--process-group=0"]], ids=str)
def test_the_terminal_interrupts_once(way: list[str], tmp_path: Path) -> None:
    """The command in the foreground has it from the terminal, the one in a group of its own not."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process_id, controller = pty.fork()
    if process_id == 0:
        fd = os.open(fifo, os.O_WRONLY)
        os.dup2(fd, 1)
        os.execv(launcher(), [launcher(), "run", *way, sys.executable, "-c", COUNTER])
    with open(fifo, encoding="utf-8") as output:
        assert output.readline() == "ready\n"
        os.write(controller, b"\x03")
        assert output.readline() == "int\n"
        os.kill(process_id, signal.SIGUSR1)
        assert output.readline() == "count 1\n"
    assert os.waitpid(process_id, 0)[1] == 0
    os.close(controller)


def test_the_commands_signals_are_as_exec_leaves_them() -> None:
    words = ["sh", "-c", "grep -E '^(Sig|Shd)(Blk|Ign|Cgt)' /proc/self/status"]
    assert succeeds("run", *words) == succeeds("exec", *words)
