# SPDX-License-Identifier: MIT
"""forkexec batch: how commands stand in a file. Arguments are seen by what printf makes of them."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.batch import PRINT, batch, lines, refused, seen
from tests.cli.support import FAILED, forkexec, launcher

words = st.text(
    st.characters(blacklist_characters="\0\n", blacklist_categories=["Cs"]), max_size=12
)


# ---- lines ----


@settings(deadline=None, max_examples=60)
@given(commands=st.lists(st.lists(words, max_size=4), min_size=1, max_size=6))
def test_what_is_quoted_arrives(folder: Path, commands: list[list[str]]) -> None:
    text = lines([shlex.join([*PRINT, *command]) for command in commands])
    assert seen(text, folder=folder) == commands


@settings(deadline=None, max_examples=300)
@given(text=st.text("ab'\"\\ \t=*?~{}()[]!%^", max_size=12))
def test_lines_are_split_as_shlex_does(folder: Path, text: str) -> None:
    line = f"{shlex.join(PRINT)} {text}\n"
    try:
        expected = shlex.split(line[:-1], comments=True)[len(PRINT) :]
    except ValueError:
        assert refused(line, folder=folder).startswith("line 1: ")
    else:
        assert seen(line, folder=folder) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a#b #c", ["a#b"]),
        ("'#a' \\#b", ["#a", "#b"]),
        ('"\\$a\\`\\"\\\\\\n"', ['$a`"\\\\n']),
        ("$HOME ~ * `a` $(b)", ["$HOME", "~", "*", "`a`", "$(b)"]),
        ("a'b'\"c\"\\d ''", ["abcd", ""]),
        ("a;b http://x/?c&d '>'  \">\" \\;", ["a;b", "http://x/?c&d", ">", ">", ";"]),
        ("last\r", ["last"]),
    ],
)
def test_words(folder: Path, text: str, expected: list[str]) -> None:
    assert seen(f"{shlex.join(PRINT)} {text}", folder=folder) == [expected]


def test_empty_lines_and_comments_are_no_commands(folder: Path) -> None:
    one = shlex.join(PRINT)
    assert seen(f"\n# no\n  \t\n{one} a\n   # no\n{one} b", folder=folder) == [["a"], ["b"]]
    assert seen("", folder=folder) == []
    assert seen("\n\n", folder=folder) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("echo 'a", "a ' is not closed"),
        ("echo \"a'", 'a " is not closed'),
        ("echo a\\", "nothing stands behind the last backslash"),
        ("A=1 B=2", "variables stand there, and no command"),
        ("echo a\0b", "it has a NUL byte; is --null meant?"),
        *(
            (
                f"echo a {operator} b",
                "| & ; < > mean nothing without --shell; quote what is an argument",
            )
            for operator in ("|", "&&", "||", ";", "&", ">", ">>", "<", "2>", "2>&1", "2>&-")
        ),
    ],
)
def test_what_cannot_be_understood_is_found_before_anything_runs(
    folder: Path, line: str, complaint: str
) -> None:
    text = f"echo first\n\n# comment\n{line}\necho last\n"
    assert refused(text, folder=folder) == f"line 4: {complaint}"


def test_variables_stand_before_the_command(folder: Path) -> None:
    text = 'A=1 B="x y" env\n"C"=1 env\n'
    outcome = batch(text, "-j1", "-i", "--setenv", "A=0", "--setenv", "D=4", cwd=folder)
    assert set(outcome.stdout.splitlines()) == {"A=1", "D=4", "B=x y"}
    assert (outcome.status, "C=1" in outcome.stderr) == (1, True)


def test_standard_input_is_the_file(folder: Path) -> None:
    for arguments in ([], ["-"]):
        outcome = forkexec("batch", "-j1", *arguments, stdin="cat\necho b\n", cwd=folder)
        assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "b\n", "")


def test_a_file_that_is_not_there() -> None:
    outcome = forkexec("batch", "/nonexistent/commands")
    assert outcome.status == FAILED
    assert outcome.stderr == "forkexec: /nonexistent/commands: No such file or directory\n"


# ---- records that end with a NUL byte ----


def test_null(folder: Path) -> None:
    one = shlex.join(PRINT)
    text = f"{one} a\n  'b\nc' # no\n\0\0 # nothing\0\n{one} \\\nd"
    assert seen(text, "-0", folder=folder) == [["a", "b\nc"], ["d"]]
    assert seen(text, "--input-format", "null", folder=folder) == [["a", "b\nc"], ["d"]]
    assert refused("echo a\0echo 'b\0", "--null", folder=folder) == "record 2: a ' is not closed"


# ---- a shell ----


def test_shell(folder: Path) -> None:
    text = "echo a | tr a b; A=c; echo $A >&2\n# no\n\necho 'd\n"
    outcome = batch(text, "-j1", "--shell", cwd=folder)
    # What is wrong with a command is the shell's to say.
    assert (outcome.status, outcome.stdout) == (1, "b\n")
    assert outcome.stderr.startswith("c\n")
    outcome = batch("for i in 1 2\ndo echo $i\ndone\0echo 3\0", "-j1", "-0", "--shell", cwd=folder)
    assert (outcome.status, outcome.stdout) == (0, "1\n2\n3\n")


# ---- the options that go with it ----


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--null --input-format json", "--null: contradicts --input-format"),
        ("--shell --input-format json", "--shell: a command in JSON has its arguments already"),
        ("--input-format xml", '--input-format: "xml" is not lines, null or json'),
        ("-j 0", "-j: 0 is not from 1 to 100000"),
        ("--halt later", '--halt: "later" is not never, or as now,fail=1 or soon,success=20%'),
        (
            "--halt now,fail=0",
            '--halt: "now,fail=0" is not never, or as now,fail=1 or soon,success=20%',
        ),
        ("--timeout soon", '--timeout: "soon" is not a duration, as 5, 1.5s, 2m, 1h'),
        ("--timeout 1.2.3", '--timeout: "1.2.3" is not a duration, as 5, 1.5s, 2m, 1h'),
        ("--max-output 5X", '--max-output: "5X" is not a size, as 100, 64K, 10M'),
        ("--resume", "--resume: needs --joblog"),
        ("--output direct -k", "--output: direct contradicts --keep-order, --tag and --max-output"),
        ("--output lines -k", "--output: lines contradicts --keep-order"),
        ("--kill-scope cgroup", "--kill-scope: cgroup needs --cgroup"),
        ("--shards 4", "--shards: needs --shard-from-env"),
        ("--shard 5/4", "--shard: 5 is not from 1 to 4"),
        ("--shard 4", '--shard: "4" is not K/N, as 1/4'),
        ("a b", '"b" is one argument too many'),
        # What is wrong with every command is said once.
        ("--nofile 5:2", None),
    ],
)
def test_options_that_are_wrong(folder: Path, arguments: str, complaint: str | None) -> None:
    done = subprocess.run(
        [launcher(), "batch", *arguments.split()],
        input=b"echo a\necho b\n",
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (FAILED, b"", 1)
    assert complaint is None or done.stderr.decode() == f"forkexec: {complaint}\n"


def test_dry_run(folder: Path) -> None:
    text = "echo 'a  b'\n\nfalse # c\n"
    outcome = batch(text, "--dry-run", cwd=folder)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "echo 'a  b'\nfalse # c\n", "")
    outcome = batch(b"a\nb\0c", "--dry-run", "-0", "--shard", "2/2", cwd=folder)
    assert (outcome.status, outcome.stdout) == (0, "c\0")
