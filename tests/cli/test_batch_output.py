# SPDX-License-Identifier: MIT
"""forkexec batch: what becomes of the output of commands, and how far it is."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.batch import batch, begin, endings, fifos, finish, let_go, lines
from tests.cli.support import DEADLINE, FAILED, launcher


def backwards(count: int) -> str:
    """Commands that all run at once and end in the order opposite to their own."""
    return lines(
        [
            f"sh -c 'echo a{n}; echo b{n} >&2; read x < m{n}; echo c{n}; echo x > m{n - 1}'"
            if 1 < n < count
            else "sh -c 'echo a1; echo b1 >&2; read x < m1; echo c1'"
            if n == 1
            else f"sh -c 'echo a{n}; echo b{n} >&2; echo c{n}; echo x > m{n - 1}'"
            for n in range(1, count + 1)
        ]
    )


# ---- order ----


def test_keep_order(tmp_path: Path) -> None:
    fifos(tmp_path, *(f"m{n}" for n in range(1, 9)))
    outcome = batch(backwards(8), "-j8", "-k", cwd=tmp_path)
    assert outcome.status == 0
    assert outcome.stdout == "".join(f"a{n}\nc{n}\n" for n in range(1, 9))
    assert outcome.stderr == "".join(f"b{n}\n" for n in range(1, 9))


def test_grouped_comes_in_the_order_of_the_ends(tmp_path: Path) -> None:
    fifos(tmp_path, "go")
    process = begin(
        lines(["read x < go; echo first", "printf a; echo b"]),
        *("--shell", "-j2", "--output=grouped"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ab\n"
    let_go(tmp_path / "go")
    assert process.stdout.read() == b"first\n"
    assert finish(process) == 0


def test_order_with_large_outputs(tmp_path: Path) -> None:
    """More than stays in memory, of a command whose turn has not come."""
    fifos(tmp_path, "go")
    big = "yes {0} | head -c 3000000; echo; echo end{0}"
    commands = [
        "read x < go; echo first",
        *(big.format(n) for n in range(2, 6)),
        "echo last; echo x > go",
    ]
    outcome = batch(lines(commands), "--shell", "-j2", "-k", cwd=tmp_path)
    assert outcome.status == 0
    expected = "".join((f"{n}\n" * 1500000)[:3000000] + f"\nend{n}\n" for n in range(2, 6))
    assert outcome.stdout == f"first\n{expected}last\n"


@settings(deadline=None, max_examples=25)
@given(
    sizes=st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 3)), min_size=1, max_size=12),
    jobs=st.integers(1, 5),
)
def test_every_byte_in_order(folder: Path, sizes: list[tuple[int, int]], jobs: int) -> None:
    commands = [
        f"head -c {size} /dev/zero | tr '\\0' {chr(97 + n)}; exit {status}"
        for n, (size, status) in enumerate(sizes)
    ]
    outcome = batch(lines(commands), "--shell", f"-j{jobs}", "-k", cwd=folder)
    assert outcome.stdout == "".join(chr(97 + n) * size for n, (size, _) in enumerate(sizes))
    assert outcome.status == sum(status > 0 for _, status in sizes)


def test_the_one_whose_turn_it_is_need_not_end(tmp_path: Path) -> None:
    fifos(tmp_path, "go")
    process = begin(
        "echo a; echo b; read x < go; echo c\n",
        *("--shell", "-k"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert [process.stdout.readline(), process.stdout.readline()] == [b"a\n", b"b\n"]
    let_go(tmp_path / "go")
    assert process.stdout.read() == b"c\n"
    assert finish(process) == 0


def test_who_cannot_be_started_holds_nobody_up(tmp_path: Path) -> None:
    text = lines(["/nonexistent/x", "echo a", "/nonexistent/x", "echo b", "/nonexistent/x"])
    outcome = batch(text, "-k", "-j2", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (3, "a\nb\n")


# The most that the batch ever had in memory: its own, not that of what it was before its exec.
MEASURE = "grep VmHWM /proc/$PPID/status > peak"


def peak(cwd: Path) -> int:
    """In KiB."""
    return int((cwd / "peak").read_text().split()[1])


def test_much_output_takes_little_memory(tmp_path: Path) -> None:
    """400 MB of a command whose turn has not come, and 20,000 of those that have ended."""
    fifos(tmp_path, "go")
    commands = [
        "read x < go; echo first",
        "head -c 400000000 /dev/zero",
        *[f"echo {n} x{'y' * 1000}" for n in range(20_000)],
        f"{MEASURE}; echo x > go",
    ]
    reader = subprocess.Popen(["wc", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert reader.stdin is not None and reader.stdout is not None
    process = begin(lines(commands), "--shell", "-j2", "-k", cwd=tmp_path, stdout=reader.stdin)
    reader.stdin.close()
    counted = int(reader.stdout.read())
    assert finish(process) == 0
    reader.wait(timeout=DEADLINE)
    size = sum(len(command) - len("echo ") + 1 for command in commands[2:-1])
    assert counted == len("first\n") + 400_000_000 + size
    # The commands themselves are 20 MB.
    assert 20_000 < peak(tmp_path) < 64 * 1024


# ---- lines and tags ----


def test_tags(tmp_path: Path) -> None:
    text = lines(["printf 'a\\nb'", "sh -c 'echo c >&2'", "true"])
    for arguments in ([], ["-k"], ["--output=grouped"]):
        outcome = batch(text, "-j1", "--tag", *arguments, cwd=tmp_path)
        assert outcome.stdout == "printf 'a\\nb'\ta\nprintf 'a\\nb'\tb\n"
        assert outcome.stderr == "sh -c 'echo c >&2'\tc\n"
    text = lines(
        [
            json.dumps({"argv": ["echo", "a b"], "tag": "\u20ac 1"}),
            json.dumps(["echo", "c  d"]),
        ]
    )
    outcome = batch(text, "-j1", "--tag", "--input-format=json", cwd=tmp_path)
    assert outcome.stdout == "\u20ac 1\ta b\necho c  d\tc  d\n"


@settings(deadline=None, max_examples=30)
@given(texts=st.lists(st.text("ab\n", max_size=30), min_size=1, max_size=6))
def test_lines_are_tagged_as_they_are(folder: Path, texts: list[str]) -> None:
    text = lines(
        [json.dumps({"argv": ["printf", "%s", t], "tag": str(n)}) for n, t in enumerate(texts)]
    )
    outcome = batch(text, "-j1", "--tag", "--input-format=json", cwd=folder)
    expected = ""
    for n, text in enumerate(texts):
        expected += "".join(
            f"{n}\t{line}\n" for line in text.removesuffix("\n").split("\n") if text
        )
    assert outcome.stdout == expected


def test_lines_stay_whole(tmp_path: Path) -> None:
    """Written in pieces by commands that run at once; and a line that is larger than a pipe."""
    one = "for i in 1 2 3 4 5; do printf %s {0}{0}; printf %s {0}; echo {0}; done"
    commands = [one.format(c) for c in "abcdefgh"]
    commands.append("head -c 200000 /dev/zero | tr '\\0' z; echo")
    outcome = batch(lines(commands), "--shell", "-j4", "--output=lines", cwd=tmp_path)
    assert outcome.status == 0
    found = sorted(outcome.stdout.splitlines())
    assert found == sorted([c * 4 for c in "abcdefgh" for _ in range(5)] + ["z" * 200000])


def test_a_line_without_an_end_takes_little_memory(tmp_path: Path) -> None:
    process = begin(
        f"head -c 200000000 /dev/zero\n{MEASURE}\n",
        *("--shell", "--tag", "-j1"),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    assert finish(process) == 0
    assert peak(tmp_path) < 32 * 1024


# ---- bounds ----


def test_max_output(tmp_path: Path) -> None:
    text = lines(["printf 0123456789", "sh -c 'printf abcdef >&2'", "printf 01234"])
    outcome = batch(text, "-j1", "--max-output", "5", "-k", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (0, "0123401234")
    assert outcome.stderr.splitlines() == [
        "forkexec: 1: 5 bytes of standard output are left out",
        "abcdeforkexec: 2: 1 bytes of standard error are left out",
    ]


# ---- where it goes ----


@pytest.mark.parametrize("arguments", [["-k"], ["--tag"]])
def test_output_that_cannot_be_written(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing more is started, and the log is complete."""
    text = lines([f"echo {n}" for n in range(1, 400)])
    with open("/dev/full", "wb") as full:
        process = begin(
            text,
            *("-j2", "--joblog=log", *arguments),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert finish(process) == FAILED
    assert told == "forkexec: standard output cannot be written: No space left on device\n"
    assert 0 < len(endings(tmp_path / "log")) < 399


def test_a_reader_that_has_had_enough(tmp_path: Path) -> None:
    (tmp_path / "commands").write_text(lines([f"echo {n}" for n in range(1, 4000)]))
    done = subprocess.run(
        ["bash", "-c", '"$1" batch -k commands | head -n1; echo ${PIPESTATUS[0]}', "-", launcher()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.stdout == "1\n125\n"
    assert done.stderr == "forkexec: standard output cannot be written: Broken pipe\n"


def test_a_grandchild_that_holds_the_output(tmp_path: Path) -> None:
    """It is not waited for, beyond a moment."""
    fifos(tmp_path, "never")
    text = "(read x < never) & echo $! > pid; echo a\n"
    outcome = batch(text, "--shell", "-k", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (0, "a\n")
    os.kill(int((tmp_path / "pid").read_text()), 9)


# ---- progress ----


def on_terminal(cwd: Path, *arguments: str, text: str) -> str:
    """What a terminal of 60 columns shows, as standard error."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    process = begin(text, *arguments, cwd=cwd, stdout=subprocess.PIPE, stderr=terminal)
    os.close(terminal)
    assert process.stdout is not None
    shown = b""
    process.stdout.read()
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # the end, on Linux
            break
        if not part:
            break
        shown += part
    os.close(controller)
    assert finish(process) in (0, 1)
    return shown.decode()


def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    text = lines(["true", "false", "true"])
    shown = on_terminal(tmp_path, text=text)
    assert re.fullmatch(r"(\r.*\x1b\[K)*\r\n", shown, re.S)
    last = shown.split("\r")[-2].removesuffix("\x1b[K")
    assert re.fullmatch(r"\[=+\] 3/3 done, 0 running, 1 failed", last) and len(last) < 60
    assert on_terminal(tmp_path, "--progress=never", text=text) == ""


def test_what_is_written_stands_on_lines_of_its_own(tmp_path: Path) -> None:
    text = lines(["sh -c 'echo a >&2'"] * 3)
    shown = on_terminal(tmp_path, "-k", text=text)
    assert shown.count("a\r\n") == 3
    for line in shown.split("\n")[:3]:
        assert line.split("\x1b[K")[-1].strip("\r") == "a"


def test_no_bar_elsewhere_unless_asked(tmp_path: Path) -> None:
    assert batch("true\n", cwd=tmp_path).stderr == ""
    outcome = batch("true\nfalse\n", "--progress", cwd=tmp_path)
    assert outcome.stderr == "forkexec: 2/2 done, 0 running, 1 failed\n"
