# SPDX-License-Identifier: MIT
"""forkexec run: what becomes of standard output and standard error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import DEADLINE, FAILED, forkexec, launcher

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("keep", "kept"),
    [("head", "abcdefghij"), ("tail", "qrstuvwxyz"), ("head-and-tail", "abcdevwxyz")],
)
def test_a_bound_is_of_each_stream(keep: str, kept: str) -> None:
    script = f"printf {LETTERS}; printf 0123456789 >&2; exit 4"
    outcome = forkexec("run", "--max-output=10", f"--keep-output={keep}", "sh", "-c", script)
    assert (outcome.status, outcome.stdout) == (4, kept)
    said = "forkexec: standard output: 16 of 26 bytes were dropped\n"
    assert outcome.stderr == "0123456789" + said


@pytest.mark.parametrize("keep", ["head", "tail", "head-and-tail", "stop"])
@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_what_fits_is_all_there(keep: str, size: int) -> None:
    words = ["--max-output=10", f"--keep-output={keep}", "printf", "%s", LETTERS[:size]]
    outcome = forkexec("run", *words)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, LETTERS[:size], "")


def test_nothing_may_be_passed_on() -> None:
    outcome = forkexec("run", "--max-output=0", "echo", "text")
    assert (outcome.status, outcome.stdout) == (0, "")
    assert outcome.stderr == "forkexec: standard output: 5 of 5 bytes were dropped\n"


def test_stop() -> None:
    words = ["--max-output=10", "--keep-output=stop"]
    outcome = forkexec("run", *words, "yes")
    assert (outcome.status, outcome.stdout) == (FAILED, "y\n" * 5)
    said = "forkexec: standard output: more than 10 bytes; the command was stopped\n"
    assert outcome.stderr == said
    assert forkexec("run", *words, "--preserve-status", "yes").status == 128 + signal.SIGTERM


def peak_memory(*words: str) -> tuple[int, int, int]:
    """Bytes that the launcher had at most, those it passed on, and its status."""
    reader, writer = os.pipe()
    process = subprocess.Popen([launcher(), *words], stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    passed = 0
    while part := os.read(reader, 1 << 16):
        passed += len(part)
    os.close(reader)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status) if sys.version_info >= (3, 9) else 0
    return usage.ru_maxrss * 1024, passed, process.returncode


@pytest.mark.parametrize("keep", ["head", "tail", "head-and-tail"])
def test_a_flood_takes_no_memory(keep: str) -> None:
    before, _, _ = peak_memory("run", "true")
    words = ("run", "--max-output=1M", f"--keep-output={keep}", "head", "-c", "256M", "/dev/zero")
    peak, passed, status = peak_memory(*words)
    assert (passed, status) == (1 << 20, 0)
    assert peak - before < 8 << 20


def test_much_arrives_unchanged(tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 5
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(data)
    done = subprocess.run(
        [launcher(), "run", f"--tee={copy}", "cat", str(source)],
        stdout=subprocess.PIPE,
        timeout=DEADLINE,
        check=True,
    )
    assert done.stdout == data
    assert copy.read_bytes() == data


def test_files_get_copies(tmp_path: Path) -> None:
    both, out, err = (tmp_path / name for name in ("both", "out", "err"))
    both.write_text("what was there before", encoding="utf-8")
    words = [f"--tee={both}", f"--tee-stdout={out}", f"--tee-stderr={err}"]
    outcome = forkexec("run", *words, "sh", "-c", "echo one; echo two >&2")
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "one\n", "two\n")
    assert sorted(both.read_text(encoding="utf-8").splitlines()) == ["one", "two"]
    assert out.read_text(encoding="utf-8") == "one\n"
    assert err.read_text(encoding="utf-8") == "two\n"


@pytest.mark.parametrize("keep", ["head", "tail"])
def test_files_are_bounded_too(keep: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    words = ["--max-output=3", f"--keep-output={keep}", f"--tee={copy}"]
    outcome = forkexec("run", *words, "printf", LETTERS)
    assert (
        outcome.stdout == copy.read_text(encoding="utf-8") == {"head": "abc", "tail": "xyz"}[keep]
    )


def test_a_copy_that_cannot_be_written_is_a_failure() -> None:
    outcome = forkexec("run", "--tee=/dev/full", "sh", "-c", "echo one")
    assert (outcome.status, outcome.stdout) == (FAILED, "one\n")
    assert outcome.stderr == "forkexec: /dev/full: No space left on device\n"
    assert forkexec("run", "--tee=/dev/full", "sh", "-c", "echo one; exit 3").status == 3


@pytest.mark.parametrize("way", [(), ("--max-output=1G",), ("--tee=/dev/null",)], ids=" ".join)
def test_who_writes_to_nobody_gets_sigpipe(way: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
        [launcher(), "run", *way, "yes"], stdout=writer, stderr=subprocess.PIPE
    ) as process:
        os.close(writer)
        assert os.read(reader, 2) == b"y\n"
        os.close(reader)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=DEADLINE) == 128 + signal.SIGPIPE


def test_a_slow_reader_loses_nothing() -> None:
    """However long the command has ended when its output is taken."""
    size = 240 << 10
    reader, writer = os.pipe()
    status_reader, status_writer = os.pipe()
    script = f"head -c {size} /dev/zero; echo ended >&3"
    with subprocess.Popen(
        [launcher(), "run", "--linger=0", "--tee=/dev/null", f"--map=3={status_writer}"]
        + ["sh", "-c", script],
        stdout=writer,
        pass_fds=[status_writer],
    ) as process:
        os.close(writer)
        os.close(status_writer)
        taken = 0
        # The end of the command, or nearly; or a pipe that was too small for all of it.
        with open(status_reader, "rb") as status, open(reader, "rb") as output:
            os.set_blocking(status.fileno(), False)
            while not status.read() and taken < size // 8:
                taken += len(output.read(4096))
            taken += len(output.read())
        assert taken == size
        assert process.wait(timeout=DEADLINE) == 0


def test_who_holds_a_stream_is_not_waited_for() -> None:
    reader, writer = os.pipe()
    script = "sleep 1000 & echo $! >&3; echo said"
    # Its output is a file: what else holds it would keep the test waiting.
    done = forkexec(
        "run", "--linger=0.1", "--max-output=1M", f"--map=3={writer}", "sh", "-c", script,
        keep=(writer,),
    )  # fmt: skip
    os.close(writer)
    grandchild = int(os.read(reader, 100))
    os.close(reader)
    os.kill(grandchild, signal.SIGKILL)
    assert (done.status, done.stdout) == (0, "said\n")
