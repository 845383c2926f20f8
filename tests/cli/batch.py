# SPDX-License-Identifier: MIT
"""Batches, their job logs, and commands that say when they run."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.support import DEADLINE, FAILED, Outcome, launcher

MARK = "--next--"
PRINT = ["printf", "%s\\0", MARK]
HEADER = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n"


@dataclass(frozen=True)
class Row:
    """A line of a job log."""

    number: int
    host: str
    start: str
    runtime: str
    send: str
    receive: str
    status: int
    signal: int
    command: str


def rows(log: Path) -> list[Row]:
    text = log.read_text(encoding="utf-8", errors="surrogateescape")
    assert text.startswith(HEADER) and text.endswith("\n"), text
    found = []
    for line in text[len(HEADER) : -1].split("\n") if text != HEADER else []:
        number, host, start, runtime, send, receive, status, ended, command = line.split("\t", 8)
        found.append(
            Row(int(number), host, start, runtime, send, receive, int(status), int(ended), command)
        )
    return found


def endings(log: Path) -> dict[int, tuple[int, int]]:
    """Exit status and signal of each command that has a line; each has only one."""
    found = {row.number: (row.status, row.signal) for row in rows(log)}
    assert len(found) == len(rows(log))
    return found


def begin(text: str | bytes, *arguments: str, cwd: Path, **options: Any) -> subprocess.Popen[bytes]:
    """A batch under way, whose commands are in a file of its folder."""
    source = cwd / "commands"
    source.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
    return subprocess.Popen([launcher(), "batch", *arguments, str(source)], cwd=cwd, **options)


def batch(text: str | bytes, *arguments: str, cwd: Path, **options: Any) -> Outcome:
    with begin(
        text, *arguments, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    ) as process:
        try:
            out, errors = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Outcome(
        process.returncode,
        out.decode("utf-8", "surrogateescape"),
        errors.decode("utf-8", "surrogateescape"),
    )


def lines(commands: Sequence[str]) -> str:
    return "".join(f"{command}\n" for command in commands)


def fifos(cwd: Path, *names: str) -> None:
    for name in names:
        os.mkfifo(cwd / name)


def hear(path: Path) -> str:
    """What somebody writes to a FIFO, once he has."""
    with path.open(encoding="ascii") as file:
        return file.read()


def let_go(path: Path) -> None:
    """Somebody waits for a FIFO to have a writer."""
    with path.open("wb"):
        pass


def end_of(pid: int) -> None:
    """Wait until a process, of whomever, has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ready, _, _ = select.select([descriptor], [], [], DEADLINE)
        assert ready, f"process {pid} still runs"
    finally:
        os.close(descriptor)


def finish(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(timeout=DEADLINE)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()


def arguments_of(output: str) -> list[list[str]]:
    """The arguments of each command, behind its mark."""
    found: list[list[str]] = []
    for word in output.split("\0")[:-1]:
        if word == MARK:
            found.append([])
        else:
            found[-1].append(word)
    return found


def seen(text: str | bytes, *arguments: str, folder: Path) -> list[list[str]]:
    outcome = batch(text, "-j1", *arguments, cwd=folder)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    return arguments_of(outcome.stdout)


def refused(text: str | bytes, *arguments: str, folder: Path) -> str:
    """Nothing has run, and one line says why."""
    outcome = batch(text, "-j1", *arguments, cwd=folder)
    assert (outcome.status, outcome.stdout) == (FAILED, ""), outcome
    prefix = f"forkexec: {folder}/commands: "
    assert outcome.stderr.startswith(prefix) and outcome.stderr.count("\n") == 1, outcome
    return outcome.stderr[len(prefix) : -1]
