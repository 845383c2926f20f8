# SPDX-License-Identifier: MIT
"""forkexec batch: the job log, and going on with it after any end."""

from __future__ import annotations

import fcntl
import re
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.batch import (
    HEADER,
    batch,
    begin,
    end_of,
    endings,
    fifos,
    hear,
    let_go,
    lines,
    rows,
)
from tests.cli.support import DEADLINE, FAILED

COMMANDS = [
    "true",
    "sh -c 'exit 3'",
    "/nonexistent/program",
    "sh -c 'kill -9 $$'",
    "cat /nonexistent",
]


def test_columns(tmp_path: Path) -> None:
    outcome = batch(lines(COMMANDS), "-j1", "--joblog", "log", cwd=tmp_path)
    assert outcome.status == 4
    found = rows(tmp_path / "log")
    assert [row.number for row in found] == [1, 2, 3, 4, 5]
    assert [(row.status, row.signal) for row in found] == [(0, 0), (3, 0), (127, 0), (0, 9), (1, 0)]
    assert [row.command for row in found] == COMMANDS
    for row in found:
        assert (row.host, row.send, row.receive) == (":", "0", "0")
        assert re.fullmatch(r"\d{10}\.\d{3}", row.start)
        assert re.fullmatch(r" *\d+\.\d{3}", row.runtime) and len(row.runtime) == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["commands", "log"]


def test_a_command_is_one_line(tmp_path: Path) -> None:
    """As in GNU parallel, what ends a line in it is a NUL byte; and it is known again."""
    text = "echo 'a\nb'\0echo '\tc'\0"
    assert batch(text, "-0", "--joblog", "log", cwd=tmp_path).status == 0
    assert {row.command for row in rows(tmp_path / "log")} == {"echo 'a\0b'", "echo '\tc'"}
    assert batch(text, "-0", "--joblog", "log", "--resume", cwd=tmp_path).stdout == ""
    outcome = batch("echo 'a\0echo '\tc'\0", "-0", "--joblog", "log", "--resume", cwd=tmp_path)
    assert outcome.status == FAILED


def test_resume_runs_what_has_no_line(tmp_path: Path) -> None:
    commands = [f"sh -c 'echo {n}; exit {n % 3}'" for n in range(1, 7)]
    first = batch(lines(commands[:4]), "-j1", "--joblog", "log", cwd=tmp_path)
    assert (first.status, first.stdout) == (3, "1\n2\n3\n4\n")
    again = batch(lines(commands), "-j1", "--joblog", "log", "--resume", cwd=tmp_path)
    assert (again.status, again.stdout, again.stderr) == (1, "5\n6\n", "")
    failed = batch(lines(commands), "-j1", "--joblog", "log", "--resume-failed", cwd=tmp_path)
    assert (failed.status, failed.stdout) == (4, "1\n2\n4\n5\n")
    # The last line of a command is the one that holds.
    (tmp_path / "log").write_text(
        (tmp_path / "log").read_text() + f"1\t:\t1.000\t0.000\t0\t0\t0\t0\t{commands[0]}\n"
    )
    failed = batch(lines(commands), "-j1", "--joblog", "log", "--resume-failed", cwd=tmp_path)
    assert failed.stdout == "2\n4\n5\n"


def test_resume_begins_where_there_is_no_log(tmp_path: Path) -> None:
    outcome = batch("echo a\n", "--joblog", "log", "--resume", cwd=tmp_path)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "a\n", "")
    assert endings(tmp_path / "log") == {1: (0, 0)}


def refused(text: str, cwd: Path, *arguments: str) -> str:
    before = (cwd / "log").read_bytes()
    outcome = batch(text, "--joblog", "log", *arguments, cwd=cwd)
    assert (outcome.status, outcome.stdout) == (FAILED, ""), outcome
    assert (cwd / "log").read_bytes() == before
    return outcome.stderr


def test_a_log_is_not_written_over(tmp_path: Path) -> None:
    assert batch("echo a\n", "--joblog", "log", cwd=tmp_path).status == 0
    told = refused("echo a\n", tmp_path)
    assert told == "forkexec: log: it is there already; --resume goes on with it\n"


def test_commands_that_have_changed_are_refused(tmp_path: Path) -> None:
    assert batch("echo a\necho b\n", "-j1", "--joblog", "log", cwd=tmp_path).status == 0
    told = refused("echo a\necho B\necho c\n", tmp_path, "--resume")
    assert told == "forkexec: log: line 3: command 2 is another one now: echo B\n"
    told = refused("echo a\n", tmp_path, "--resume")
    assert told == "forkexec: log: line 3: there is no command 2; is it another file's?\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("hello\n", "it is not a job log"),
        (f"{HEADER}1\t:\t1\n", "line 2 is not one of a job log"),
        (f"{HEADER}x\t:\t1\t1\t0\t0\t0\t0\techo a\n", "line 2 is not one of a job log"),
    ],
)
def test_what_is_no_log(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "log").write_text(content)
    assert refused("echo a\n", tmp_path, "--resume") == f"forkexec: log: {complaint}\n"


def test_two_batches_do_not_share_a_log(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert refused("echo a\n", tmp_path, "--resume") == (
            "forkexec: log: another batch is writing it\n"
        )


@pytest.mark.parametrize("length", range(1, 40, 6))
def test_a_line_that_was_cut_off_is_taken_out(tmp_path: Path, length: int) -> None:
    commands = lines(["echo a", "echo b"])
    assert batch(commands, "-j1", "--joblog", "log", cwd=tmp_path).status == 0
    log = tmp_path / "log"
    log.write_bytes(log.read_bytes()[:-length])
    outcome = batch(commands, "-j1", "--joblog", "log", "--resume", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (0, "b\n")
    assert outcome.stderr == "forkexec: log: its last line was cut off, and is taken out\n"
    assert endings(log) == {1: (0, 0), 2: (0, 0)}


def test_a_header_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(HEADER[:10])
    outcome = batch("echo a\n", "--joblog", "log", "--resume", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (0, "a\n")
    assert endings(tmp_path / "log") == {1: (0, 0)}


# ---- kill -9 ----


def test_kill_and_resume(tmp_path: Path) -> None:
    """Two are cut off at a known moment, are dead at once, and are the ones that run again."""
    fifos(tmp_path, "told6", "told7", "never")
    hold = 'sh -c "echo {0} >> ran; test -e again || {{ echo \\$\\$ > told{0}; read x < never; }}"'
    commands = [f'sh -c "echo {n} >> ran"' for n in range(1, 12)]
    commands[5], commands[6] = hold.format(6), hold.format(7)
    process = begin(lines(commands), "-j2", "--joblog", "log", cwd=tmp_path)
    held = [int(hear(tmp_path / "told6")), int(hear(tmp_path / "told7"))]
    process.kill()
    process.wait()
    for pid in held:
        end_of(pid)
    done = set(endings(tmp_path / "log"))
    assert done == {1, 2, 3, 4, 5}

    (tmp_path / "again").touch()
    told = batch(lines(commands), "-j2", "--joblog", "log", cwd=tmp_path)
    assert (told.status, told.stdout) == (FAILED, "")
    outcome = batch(lines(commands), "-j2", "--joblog", "log", "--resume", cwd=tmp_path)
    assert outcome.status == 0
    assert sorted(outcome.stderr.splitlines()) == [
        f"forkexec: {n}: was cut off, and is to run again: {commands[n - 1]}" for n in (6, 7)
    ]
    ran = [int(line) for line in (tmp_path / "ran").read_text().split()]
    assert sorted(ran) == sorted([*range(1, 12), 6, 7])
    assert endings(tmp_path / "log") == dict.fromkeys(range(1, 12), (0, 0))
    assert not (tmp_path / "log.running").exists()


def test_killed_again_and_again(tmp_path: Path) -> None:
    """Who has a line does not run again, nobody is missing, and who runs again has been named."""
    count, log = 400, tmp_path / "log"
    commands = lines([f"echo {n}" for n in range(1, count + 1)])
    ran: list[int] = []
    named: list[int] = []
    for kill_after in (1, 2, 17, 60, 30, 90, None):
        logged = set(endings(log)) if log.exists() and log.stat().st_size else set()
        with begin(
            commands,
            *("-j3", "--joblog", "log", "--resume"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None and process.stderr is not None
            fresh = []
            for line in process.stdout:
                fresh.append(int(line))
                if len(fresh) == kill_after:
                    process.kill()
            named += [
                int(line.split(b":")[1]) for line in process.stderr if b"to run again" in line
            ]
            process.wait(timeout=DEADLINE)
        assert not logged & set(fresh)
        ran += fresh
    assert set(ran) == set(range(1, count + 1)) == set(endings(log))
    twice = {n for n in ran if ran.count(n) > 1}
    assert twice <= set(named)


def test_a_command_that_outlives_the_batch_can_be_had(tmp_path: Path) -> None:
    """The control of the above: with another death signal, that it ignores."""
    fifos(tmp_path, "told", "go", "done")
    command = "sh -c 'trap \"\" USR1; echo $$ > told; read x < go; echo $$ > done'\n"
    process = begin(command, "--joblog", "log", "--pdeathsig", "USR1", cwd=tmp_path)
    pid = hear(tmp_path / "told")
    process.kill()
    process.wait()
    let_go(tmp_path / "go")
    assert hear(tmp_path / "done") == pid


# ---- disks that are full ----


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Nothing more is started, and what has no line for that is named later."""
    text = lines([f"echo {n}" for n in range(1, 200)])
    outcome = batch(
        text, "-j1", "--joblog", "log", cwd=tmp_path, preexec_fn=lambda: limit_files(1500)
    )
    assert outcome.status == FAILED
    assert outcome.stderr == "forkexec: log: File too large\n"
    ran = len(outcome.stdout.split())
    again = batch(text, "-j1", "--joblog", "log", "--resume", cwd=tmp_path)
    assert again.status == 0
    assert f"forkexec: {ran}: was cut off, and is to run again: echo {ran}\n" in again.stderr
    assert again.stdout.split() == [str(n) for n in range(ran, 200)]


def limit_files(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_log_that_cannot_be_opened(tmp_path: Path) -> None:
    outcome = batch("echo a\n", "--joblog", "none/log", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (FAILED, "")
    assert outcome.stderr == "forkexec: none/log: No such file or directory\n"
    outcome = batch("echo a\n", "--joblog", "/dev/null", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (FAILED, "")
