# SPDX-License-Identifier: MIT
"""forkexec batch: what ends commands, or the batch, before they end by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.batch import batch, begin, end_of, endings, fifos, finish, hear, let_go, lines

HOLD = "sh -c 'read x < never'"
FAIL = "sh -c 'exit 7'"


# ---- time limits ----


def test_timeout(tmp_path: Path) -> None:
    """So long that the trap is set by then, whatever else the machine does."""
    fifos(tmp_path, "never")
    commands = [HOLD, "sh -c 'trap \"exit 0\" TERM; while :; do :; done'", "echo a"]
    outcome = batch(lines(commands), "-j3", "--timeout", "2", "--joblog", "log", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (2, "a\n")
    assert endings(tmp_path / "log") == {1: (124, 15), 2: (124, 0), 3: (0, 0)}


def test_kill_after(tmp_path: Path) -> None:
    command = "sh -c 'trap \"\" USR1; while :; do :; done'\n"
    arguments = ["--timeout=2s", "--kill-after=0.1", "--signal=USR1", "--joblog=log"]
    assert batch(command, *arguments, cwd=tmp_path).status == 1
    assert endings(tmp_path / "log") == {1: (124, 9)}


def test_a_timeout_of_one_command(tmp_path: Path) -> None:
    fifos(tmp_path, "never")
    text = lines(
        [
            '{"argv": ["sh", "-c", "read x < never"], "timeout": 0.1}',
            '{"argv": ["sh", "-c", "read x < never"], "timeout": "0.1s"}',
            '{"argv": ["echo", "a"], "timeout": 0}',
        ]
    )
    arguments = ["--input-format=json", "--joblog=log", "--timeout=1h"]
    assert batch(text, *arguments, cwd=tmp_path).status == 2
    assert endings(tmp_path / "log") == {1: (124, 15), 2: (124, 15), 3: (0, 0)}


# ---- signals ----


def test_term_drains(tmp_path: Path) -> None:
    """What runs comes to its end, nothing more is started, the log is complete."""
    for number, name in ((15, "TERM"), (2, "INT"), (1, "HUP")):
        folder = tmp_path / name
        folder.mkdir()
        fifos(folder, "told", "go")
        commands = ["true", "sh -c 'echo $$ > told; read x < go; exit 3'", "echo no"]
        process = begin(
            lines(commands), "-j1", "--joblog", "log", cwd=folder, stdout=subprocess.PIPE
        )
        hear(folder / "told")
        process.send_signal(number)
        let_go(folder / "go")
        assert process.stdout is not None and process.stdout.read() == b""
        assert finish(process) == 128 + number
        assert endings(folder / "log") == {1: (0, 0), 2: (3, 0)}
        outcome = batch(lines(commands), "-j1", "--joblog", "log", "--resume", cwd=folder)
        assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "no\n", "")


TREE = "sh -c 'sh -c \"echo \\$\\$ > told; read x < never\"; echo no'"


@pytest.mark.parametrize(
    "arguments", [[], ["-k"], ["--kill-scope=group"], ["--kill-scope=session"]]
)
def test_a_second_signal_ends_what_runs(tmp_path: Path, arguments: list[str]) -> None:
    """With all that is below it."""
    fifos(tmp_path, "told", "never")
    process = begin(lines([TREE, "echo no"]), "-j1", "--joblog=log", *arguments, cwd=tmp_path)
    below = int(hear(tmp_path / "told"))
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    end_of(below)
    assert finish(process) in (143, 130)
    assert endings(tmp_path / "log") == {1: (-1, 15)}


def test_the_grace_ends(tmp_path: Path) -> None:
    fifos(tmp_path, "told", "never")
    process = begin(f"{TREE}\n", "--grace=0.1", "--joblog=log", cwd=tmp_path)
    below = int(hear(tmp_path / "told"))
    process.send_signal(signal.SIGTERM)
    end_of(below)
    assert finish(process) == 143
    assert endings(tmp_path / "log") == {1: (-1, 15)}


def test_who_is_told_to_end_and_does_so_well_is_done(tmp_path: Path) -> None:
    fifos(tmp_path, "told")
    command = "sh -c 'trap \"exit 0\" TERM; echo x > told; while :; do :; done'\n"
    process = begin(command, "--grace=0", "--joblog=log", cwd=tmp_path)
    hear(tmp_path / "told")
    process.send_signal(signal.SIGTERM)
    assert finish(process) == 143
    assert endings(tmp_path / "log") == {1: (0, 0)}


def test_who_is_signalled_beside_the_batch_was_cut_off(tmp_path: Path) -> None:
    """As a terminal and a scheduler do it: everybody gets the signal."""
    fifos(tmp_path, "told", "never")
    process = begin(
        "sh -c 'echo $$ > told; read x < never'\n",
        *("--grace=1h", "--joblog=log"),
        cwd=tmp_path,
        start_new_session=True,
    )
    hear(tmp_path / "told")
    process.send_signal(signal.SIGTERM)
    os.killpg(process.pid, signal.SIGTERM)
    assert finish(process) == 143
    assert endings(tmp_path / "log") == {1: (-1, 15)}


def test_a_signal_is_heard_between_many_that_cannot_be_started(tmp_path: Path) -> None:
    process = begin(
        lines(["/nonexistent/x"] * 300_000), "-j1", cwd=tmp_path, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert len(process.stderr.readlines()) < 200_000
    assert finish(process) == 143


def test_ignored_signals_stay_ignored(tmp_path: Path) -> None:
    """nohup: and the commands have it so, too."""
    fifos(tmp_path, "told", "go")
    process = begin(
        "sh -c 'echo x > told; read x < go; kill -HUP $$; echo a'\n",
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    hear(tmp_path / "told")
    process.send_signal(signal.SIGHUP)
    let_go(tmp_path / "go")
    assert process.stdout is not None and process.stdout.read() == b"a\n"
    assert finish(process) == 0


def test_a_parent_that_ignores_sigchld(tmp_path: Path) -> None:
    outcome = batch(
        lines([FAIL, "true"]),
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert (outcome.status, outcome.stderr) == (1, "")
