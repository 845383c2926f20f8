# SPDX-License-Identifier: MIT
"""forkexec run: what it tells, as its schema says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.support import DEADLINE, FAILED, NOT_FOUND, ROOT, explained, forkexec, launcher

SCHEMA = json.loads((ROOT / "doc" / "run.schema.json").read_text(encoding="utf-8"))
Event = dict[str, Any]


def read(text: str) -> list[Event]:
    events = [json.loads(line) for line in text.splitlines()]
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for event in events:
        validator.validate(event)
    times = [event["time"] for event in events]
    assert times == sorted(times)
    return events


def told(tmp_path: Path, *words: str | bytes) -> tuple[int, list[Event]]:
    file = tmp_path / "events"
    status = forkexec("run", f"--json={file}", *words).status
    return status, read(file.read_text(encoding="utf-8"))


def names(events: list[Event]) -> list[str]:
    return [event["event"] for event in events]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"event": "exited"}, SCHEMA)


def test_an_end(tmp_path: Path) -> None:
    status, events = told(tmp_path, "--", "sh", "-c", "exit 3", "--", "x y")
    assert (status, names(events)) == (3, ["started", "exited"])
    started, exited = events
    plan = explained("true")
    assert started["argv"] == ["sh", "-c", "exit 3", "--", "x y"]
    assert (started["mechanism"], started["reason"]) == (plan["mechanism"], plan["reason"])
    assert started["pid"] == exited["pid"] > 0
    assert (exited["status"], exited["signal"], exited["exit_status"]) == (3, None, 3)
    assert (exited["ending"], exited["stdout"], exited["stderr"]) == ("exit", None, None)
    assert exited["usage"]["max_resident"] > 0 and exited["duration"] > 0


def test_a_signal(tmp_path: Path) -> None:
    status, events = told(tmp_path, "sh", "-c", "kill -9 $$")
    assert (events[-1]["status"], events[-1]["signal"]) == (None, "KILL")
    assert status == events[-1]["exit_status"] == 128 + signal.SIGKILL


@pytest.mark.parametrize(
    ("words", "step", "code", "subject", "status"),
    [
        (["-C", "/nonexistent", "true"], "chdir", "ENOENT", '"/nonexistent"', FAILED),
        (["/nonexistent"], "exec", "ENOENT", '"/nonexistent"', NOT_FOUND),
        (["--keep=99", "true"], "command", "EBADF", "keep", FAILED),
    ],
)
def test_a_failure(
    words: list[str], step: str, code: str, subject: str, status: int, tmp_path: Path
) -> None:
    ended, events = told(tmp_path, *words)
    (event,) = events
    assert (event["event"], event["step"], event["code"]) == ("setup-failed", step, code)
    assert subject in event["subject"] and event["message"]
    assert ended == event["exit_status"] == status


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--timeout=.05", "sleep", "1000"], "timeout"),
        (["--idle-timeout=.05", "sleep", "1000"], "idle-timeout"),
        (["--max-output=4", "--keep-output=stop", "yes"], "output"),
    ],
)
def test_a_stop(words: list[str], why: str, tmp_path: Path) -> None:
    _, events = told(tmp_path, *words)
    assert names(events) == ["started", "stopping", "exited"]
    assert (events[1]["why"], events[1]["signal"]) == (why, "TERM")
    assert (events[2]["ending"], events[2]["signal"]) == (why, "TERM")


def test_bytes_of_the_streams(tmp_path: Path) -> None:
    for keep in ("head", "tail"):
        words = (
            "--max-output=3",
            f"--keep-output={keep}",
            "sh",
            "-c",
            "printf 12345; printf 1 >&2",
        )
        _, events = told(tmp_path, *words)
        assert events[-1]["stdout"] == {"seen": 5, "kept": 3}
        assert events[-1]["stderr"] == {"seen": 1, "kept": 1}


def test_who_holds_a_stream_is_told_of(tmp_path: Path) -> None:
    for script, held in (("echo", False), ("sleep 1000 & echo $! >&3", True)):
        reader, writer = os.pipe()
        file = tmp_path / "events"
        words = [f"--json={file}", "--linger=.1", "--max-output=1M", "--map", f"3={writer}"]
        forkexec("run", *words, "sh", "-c", script, keep=(writer,))
        os.close(writer)
        text = os.read(reader, 100)
        os.close(reader)
        if text:
            os.kill(int(text), signal.SIGKILL)
        assert read(file.read_text(encoding="utf-8"))[-1]["held"] == held


def test_any_bytes_are_json(tmp_path: Path) -> None:
    words = [b"\xff\xc3", 'ü\n"\\\x7f'.encode(), b"\xed\xa0\x80"]
    _, events = told(tmp_path, "true", *words)
    argv = [word.encode(errors="surrogateescape") for word in events[0]["argv"][1:]]
    assert argv == words


def test_where_it_is_told(tmp_path: Path) -> None:
    assert names(read(forkexec("run", "--json", "true").stderr)) == ["started", "exited"]
    assert names(read(forkexec("run", "--json=-", "true").stdout)) == ["started", "exited"]
    for subcommand in (["explain", "true"], ["doctor"]):
        file = tmp_path / "file"
        outcome = forkexec(subcommand[0], f"--json={file}", *subcommand[1:])
        assert (outcome.status, outcome.stdout) == (0, "")
        printed = forkexec(subcommand[0], "--json", *subcommand[1:]).stdout
        assert file.read_text(encoding="utf-8") == printed


def test_a_descriptor_is_told_and_closed() -> None:
    """Not by a grandchild that lives on is it held open."""
    reader, writer = os.pipe()
    script = "sleep 1000 >/dev/null 2>&1 & echo $!"
    with subprocess.Popen(
        [launcher(), "run", f"--status-fd={writer}", "--inherit-others", "sh", "-c", script],
        stdout=subprocess.PIPE,
        pass_fds=[writer],
    ) as process:
        os.close(writer)
        with open(reader, encoding="utf-8") as status:
            assert names(read(status.read())) == ["started", "exited"]
        assert process.stdout is not None
        os.kill(int(process.stdout.read()), signal.SIGKILL)
        assert process.wait(timeout=DEADLINE) == 0


def test_a_signal_to_the_launcher_is_told() -> None:
    with subprocess.Popen(
        [launcher(), "run", "--json=-", "sleep", "1000"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        events = read(first + process.stdout.read())
        assert names(events) == ["started", "stopping", "exited"]
        assert (events[1]["why"], events[1]["signal"]) == ("signal", "TERM")
        assert process.wait(timeout=DEADLINE) == 128 + signal.SIGTERM
