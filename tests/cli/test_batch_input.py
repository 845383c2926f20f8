# SPDX-License-Identifier: MIT
"""forkexec batch: how commands stand in a file. Arguments are seen by what printf makes of them."""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.batch import batch, lines
from tests.cli.support import FAILED, forkexec, launcher

MARK = "--next--"
PRINT = ["printf", "%s\\0", MARK]
words = st.text(
    st.characters(blacklist_characters="\0\n", blacklist_categories=["Cs"]), max_size=12
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


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


# ---- JSON ----

json_words = st.text(
    st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=12
)


@settings(deadline=None, max_examples=60)
@given(
    commands=st.lists(st.lists(json_words, max_size=4), min_size=1, max_size=6), ascii=st.booleans()
)
def test_json_arrays(folder: Path, commands: list[list[str]], ascii: bool) -> None:
    text = lines([json.dumps([*PRINT, *command], ensure_ascii=ascii) for command in commands])
    assert seen(text, "--input-format", "json", folder=folder) == commands


@settings(deadline=None, max_examples=200)
@given(
    words=st.lists(json_words, min_size=1, max_size=3),
    at=st.integers(0, 100),
    put=st.text('"\\[]{},:u09af \t', max_size=2),
    cut=st.integers(0, 2),
)
def test_what_python_takes_for_json_and_what_not(
    folder: Path, words: list[str], at: int, put: str, cut: int
) -> None:
    text = json.dumps([*PRINT, *words])
    start = len(json.dumps(PRINT)) - 1
    at = start + at % (len(text) - start + 1)
    text = text[:at] + put + text[at + cut :]
    try:
        value = json.loads(text)
        good = isinstance(value, list) and all(isinstance(word, str) for word in value)
        good = good and not any("\0" in word for word in value)
        for word in value if good else []:
            word.encode()
    except UnicodeEncodeError:
        return
    except ValueError:
        good = False
    if good:
        assert seen(text, "--input-format", "json", folder=folder) == [value[len(PRINT) :]]
    else:
        assert refused(text, "--input-format", "json", folder=folder).startswith("line 1: ")


def run_json(value: Any, folder: Path, *arguments: str) -> str:
    outcome = batch(json.dumps(value), "-j1", "--input-format", "json", *arguments, cwd=folder)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    return outcome.stdout


def test_json_members(folder: Path) -> None:
    assert run_json({"argv": ["pwd"], "cwd": "/usr"}, folder) == "/usr\n"
    assert run_json({"argv": ["pwd"], "cwd": "/usr"}, folder, "-C", "/tmp") == "/usr\n"
    text = "".join(chr(n) for n in range(128)) + "\u20ac\U0001f600"
    assert run_json({"stdin": text, "argv": ["cat"]}, folder) == text
    assert run_json({"stdin": "x" * 300_000, "argv": ["wc", "-c"]}, folder) == "300000\n"
    assert run_json({"stdin": "", "argv": ["cat"]}, folder) == ""
    environment = {"argv": ["env"], "env": {"A": "1", "B": None, "\u20ac": "="}}
    out = run_json(environment, folder, "-i", "--setenv", "B=2", "--setenv", "A=0")
    assert set(out.splitlines()) == {"A=1", "\u20ac=="}
    out = run_json({"argv": ["env"], "env": {"HOME": None}}, folder, "-u", "PATH")
    assert not {"HOME", "PATH"} & {line.split("=")[0] for line in out.splitlines()}
    assert run_json({"argv": ["echo"], "tag": "t"}, folder, "--tag") == "t\t\n"


def test_bytes_that_are_no_text_as_python_writes_them(folder: Path) -> None:
    assert seen(json.dumps([*PRINT, "\udcff\udc80"]), "--input-format", "json", folder=folder) == [
        ["\udcff\udc80"]
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[]", "a string is wanted"),
        ("{}", "a string is wanted"),
        ('{"cwd": "/"}', "argv is missing"),
        ("true", "neither an array of strings nor an object"),
        ('["a", 1]', "a string is wanted"),
        ('["a"] x', "something stands behind it"),
        ('["a",]', "a string is wanted"),
        ('["a" "b"]', "a comma or ] is wanted"),
        ('["a', "a string is not closed"),
        ('["\\x"]', "a backslash before what needs none"),
        ('["\\u12g4"]', "\\u wants four hexadecimal digits"),
        ('["\\ud800"]', "half a pair of surrogates"),
        ('["\\ud800\\u0041"]', "half a pair of surrogates"),
        ('["\\udc00"]', "half a pair of surrogates"),
        ('["\\u0000"]', "a NUL byte in a string"),
        ('["\x01"]', "a control character in a string"),
        ('{"argv": ["a"], "argv": ["a"]}', "a member is there twice"),
        ('{"argv": ["a"], "x": 1}', "the members are argv, cwd, env, stdin, timeout and tag"),
        ('{"argv": "a"}', "argv is an array of strings"),
        ('{"argv": ["a"], "env": {"a=b": "c"}}', "env has what is no name of a variable"),
        ('{"argv": ["a"], "env": {"": "c"}}', "env has what is no name of a variable"),
        ('{"argv": ["a"], "env": []}', "env is an object"),
        ('{"argv": ["a"], "timeout": -1}', "timeout is out of range"),
        ('{"argv": ["a"], "timeout": 01}', "a number is wanted"),
        ('{"argv": ["a"], "timeout": "soon"}', 'timeout is not a duration, as "5m"'),
        ("[" * 100_000, "a string is wanted"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_json_that_is_refused(folder: Path, text: str, complaint: str) -> None:
    text = f'["echo", "first"]\n{text}\n'
    assert refused(text, "--input-format", "json", folder=folder) == f"line 2: {complaint}"


@pytest.mark.parametrize(
    "raw", [b"\xff", b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"]
)
def test_json_that_is_not_utf8(folder: Path, raw: bytes) -> None:
    text = b'["echo", "' + raw + b'"]'
    assert refused(text, "--input-format", "json", folder=folder) == "line 1: it is not UTF-8"


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
        ("--timeout soon", '--timeout: "soon" is not a duration, such as 10, 1.5s, 2m, 1h'),
        ("--timeout 1.2.3", '--timeout: "1.2.3" is not a duration, such as 10, 1.5s, 2m, 1h'),
        ("--max-output 5X", '--max-output: "5X" is not a size, such as 4096, 64K, 1M'),
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
