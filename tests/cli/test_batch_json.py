# SPDX-License-Identifier: MIT
"""forkexec batch: commands as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.batch import PRINT, batch, lines, refused, seen

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
