# SPDX-License-Identifier: MIT
"""forkexec run: the command is as exec makes it; deadlines, kill scopes, exit statuses."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.support import (
    DEADLINE,
    FAILED,
    NOT_EXECUTABLE,
    NOT_FOUND,
    fails,
    forkexec,
    launcher,
    succeeds,
)

TIMED_OUT, KILLED = 124, 128 + signal.SIGKILL
# Options that make pipes of standard output and standard error.
WAYS = [(), ("--max-output", "1M"), ("--tee", "/dev/null"), ("--idle-timeout", "1h")]


# ---- the command ----


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_streams_arguments_and_status(way: tuple[str, ...]) -> None:
    outcome = forkexec(
        "run", *way, "A=b c", "sh", "-c", 'cat; echo "$A$1"; echo no >&2; exit 3', "sh", "x y",
        stdin="from here\n",
    )  # fmt: skip
    assert outcome.status == 3
    assert outcome.stdout == "from here\nb cx y\n"
    assert outcome.stderr == "no\n"


def test_a_signal_is_a_status() -> None:
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1):
        outcome = forkexec("run", "sh", "-c", f"kill -{int(number)} $$")
        assert (outcome.status, outcome.stderr) == (128 + number, "")


def test_failures_are_those_of_exec(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text", encoding="utf-8")
    for words, status in [
        (["/nonexistent/program"], NOT_FOUND),
        (["no-such-program-anywhere"], NOT_FOUND),
        ([str(plain)], NOT_EXECUTABLE),
        (["-C", "/nonexistent", "true"], FAILED),
        (["--keep", "99", "true"], FAILED),
        (["--frob", "true"], FAILED),
    ]:
        assert fails("run", *words, status=status) == fails("exec", *words, status=status)


def test_attributes_are_those_of_exec() -> None:
    words = ["--nofile", "64", "--umask", "027", "--block-signal=USR1", "--ignore-signal=USR2"]
    shown = ["sh", "-c", "ulimit -n; umask; grep -E 'Sig|Shd' /proc/$$/status | grep -v SigQ"]
    for way in WAYS:
        assert succeeds("run", *way, *words, *shown) == succeeds("exec", *words, *shown)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_command_gets_no_other_descriptors(way: tuple[str, ...], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    listed = succeeds(
        "run", *way, f"--json={tmp_path / 'events'}", "--status-fd", str(writer),
        "ls", "/proc/self/fd", keep=(writer,),
    )  # fmt: skip
    assert listed.split() == ["0", "1", "2", "3"]
    inherited = succeeds(
        "run", *way, "--status-fd", str(writer), "--inherit-others",
        "sh", "-c", f"[ -e /proc/$$/fd/{writer} ] || echo none", keep=(writer,),
    )  # fmt: skip
    assert inherited == "none\n"
    os.close(reader)
    os.close(writer)


def test_what_forkexec_opens_for_itself_cannot_be_named() -> None:
    for number in range(3, 20):
        text = fails("run", "--max-output=1", f"--keep={number}", "true")
        assert text == f"--keep: descriptor {number} is not open"


def test_a_terminal_stays_a_terminal() -> None:
    controller, terminal = pty.openpty()
    seen = []
    for way in WAYS:
        process = subprocess.run(
            [launcher(), "run", *way, "sh", "-c", "[ -t 0 ] && [ -t 1 ] && [ -t 2 ]"],
            stdin=terminal, stdout=terminal, stderr=terminal, timeout=DEADLINE, check=False,
        )  # fmt: skip
        seen.append(process.returncode)
    assert seen == [0, 1, 1, 1]
    os.close(controller)
    os.close(terminal)


# ---- deadlines ----


def test_a_deadline() -> None:
    assert forkexec("run", "--timeout", "50ms", "sleep", "1000").status == TIMED_OUT
    assert forkexec("run", "--timeout=0", "true").status == 0
    assert forkexec("run", "--timeout", "1h", "sh", "-c", "exit 4").status == 4


def test_the_status_at_a_deadline() -> None:
    stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 1000; done"]
    polite = ["sh", "-c", "trap 'exit 5' TERM; echo; read x"]
    assert forkexec("run", "--timeout=.2", "--kill-after=.05", *stubborn).status == KILLED
    assert forkexec("run", "--timeout=.05", "-s", "KILL", "sleep", "1000").status == KILLED
    # Silence begins after the trap is set.
    reader, writer = os.pipe()
    idle = ["--idle-timeout=.3", "--preserve-status", *polite]
    assert forkexec("run", *idle, stdin=reader).status == 5
    assert forkexec("run", "--idle-timeout=.3", *polite, stdin=reader).status == TIMED_OUT
    os.close(reader)
    os.close(writer)
    ended = forkexec("run", "--timeout=.05", "--preserve-status", "-s", "INT", "sleep", "1000")
    assert ended.status == 128 + signal.SIGINT


def test_silence() -> None:
    outcome = forkexec("run", "--idle-timeout=.2", "sh", "-c", "echo first; sleep 1000")
    assert (outcome.status, outcome.stdout) == (TIMED_OUT, "first\n")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("1", True), ("0", True), ("1.5", True), (".5", True), ("1.", True), ("2m", True),
        ("1h", True), ("1d", True), ("250ms", True), ("0.000000000001s", True),
        ("106751991167d", False), ("99999999999999999999", False), ("", False), (".", False),
        ("-1", False), ("1x", False), ("1s2", False), ("s", False), ("1,5", False), ("inf", False),
    ],
)  # fmt: skip
def test_durations(text: str, valid: bool) -> None:
    if valid:
        assert forkexec("run", f"--kill-after={text}", "true").status == 0
    else:
        assert fails("run", f"--kill-after={text}", "true").startswith("--kill-after: ")


def test_the_smallest_duration_is_one() -> None:
    """Not none, which would be no deadline."""
    assert forkexec("run", "--timeout=0.0000001", "sleep", "1000").status == TIMED_OUT


# ---- scopes ----


@contextmanager
def with_grandchild(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """A command that waits for its child: the launcher, the grandchild, and a pipe that it holds"""
    reader, writer = os.pipe()
    script = "sleep 1000 & echo $! >&3; wait"
    words = [launcher(), "run", "--map", f"3={writer}", *options, "--", "sh", "-c", script]
    with subprocess.Popen(words, pass_fds=[writer]) as process:
        os.close(writer)
        with open(os.dup(reader), "rb", buffering=0) as pipe:
            line = pipe.readline()
        grandchild = int(line)
        try:
            yield process, grandchild, reader
        finally:
            os.close(reader)
            process.kill()


@pytest.mark.parametrize("scope", [(), *((f"--kill-scope={name}",) for name in (
    "group", "session", "descendants"
))], ids=str)  # fmt: skip
def test_a_scope_ends_as_a_whole(scope: tuple[str, ...]) -> None:
    with with_grandchild(*scope, "--kill-after=1h") as (process, _grandchild, pipe):
        process.terminate()
        assert process.wait(timeout=DEADLINE) == 128 + signal.SIGTERM
        assert os.read(pipe, 1) == b""


@pytest.mark.parametrize("scope", [(), ("--kill-scope=group",)], ids=str)
def test_a_deadline_ends_the_scope(scope: tuple[str, ...]) -> None:
    with with_grandchild(*scope, "--timeout=.3") as (process, _grandchild, pipe):
        assert process.wait(timeout=DEADLINE) == TIMED_OUT
        assert os.read(pipe, 1) == b""


def test_the_process_alone() -> None:
    """What the tests above would see if nothing but the command were stopped."""
    with with_grandchild("--kill-scope=process", "--kill-after=1h") as (process, grandchild, _pipe):
        process.terminate()
        assert process.wait(timeout=DEADLINE) == 128 + signal.SIGTERM
        os.kill(grandchild, signal.SIGKILL)


def cgroup_root() -> Path | None:
    mounts = Path("/proc/mounts").read_text(encoding="utf-8")
    found = re.search(r"^\S+ (\S+) cgroup2 \S*\brw\b", mounts, re.M)
    return Path(found[1]) if found and os.access(found[1], os.W_OK) else None


@pytest.mark.skipif(cgroup_root() is None, reason="no control groups that can be written")
def test_a_cgroup_ends_as_a_whole() -> None:
    root = cgroup_root()
    assert root is not None
    group = root / f"forkexec-test-{os.getpid()}"
    group.mkdir()
    try:
        words = ("--cgroup", str(group), "--kill-scope=cgroup", "--kill-after=1h")
        with with_grandchild(*words) as (process, _grandchild, pipe):
            process.terminate()
            assert process.wait(timeout=DEADLINE) == 128 + signal.SIGTERM
            assert os.read(pipe, 1) == b""
    finally:
        group.rmdir()


def test_groups_and_sessions_are_led() -> None:
    script = "import os; print(os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid())"
    for scope, leads in {
        "process": "False False",
        "group": "True False",
        "session": "True True",
    }.items():
        words = ("run", f"--kill-scope={scope}", sys.executable, "-c", script)
        assert succeeds(*words) == f"{leads}\n"
    both = ("run", "--kill-scope=group", "--setsid", sys.executable, "-c", script)
    assert succeeds(*both) == "True True\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--kill-scope=all true", '--kill-scope: "all" is not a scope'),
        ("--kill-scope=cgroup true", "--kill-scope: cgroup needs --cgroup or --cgroup-fd"),
        ("--kill-scope=session --process-group=0 true", "--kill-scope: session contradicts"),
        ("--kill-scope=group --process-group=1 true", "--kill-scope: group needs one that"),
        ("--traced true", "--traced: nobody would let"),
        ("--signal=0 true", '--signal: "0" is not a signal'),
        ("--signal=NONE true", '--signal: "NONE" is not a signal'),
        ("--status-fd=99 true", "--status-fd: 99: Bad file descriptor"),
        ("--json=/nonexistent/x true", '--json: "/nonexistent/x": No such file'),
        ("--json= true", "--json: the name of the file is empty"),
        ("--tee=/nonexistent/x true", '"/nonexistent/x": No such file'),
        ("--keep-output=middle true", '--keep-output: "middle" is not one of'),
        ("--keep-output=tail true", "--keep-output: needs --max-output"),
        ("--max-output=1X true", '--max-output: "1X" is not a size'),
    ],
)
def test_what_is_refused(words: str, said: str) -> None:
    assert fails("run", *words.split()).startswith(said)
