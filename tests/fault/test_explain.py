# SPDX-License-Identifier: MIT
"""What fx_explain() says is what the child then does: the same system calls, in the same order."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import groupby
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.fault.programs import PROGRAMS, ROOT, fault_program

NAMES = (
    "plain",
    "map",
    "pipes",
    "session",
    "limits",
    "scheduling",
    "signals",
    "identity",
    "capabilities",
    "chroot",
    "containment",
    "seccomp",
    "pid",
    "best-effort",
)
# These cannot be done on memory that is shared.
FORKED = {"identity"}
CASES = [
    (name, mechanism)
    for name in NAMES
    for mechanism in ("auto", "clone", "fork")
    if mechanism != "clone" or name not in FORKED
]
SCHEMA = json.loads((ROOT / "doc" / "explain.schema.json").read_text(encoding="utf-8"))
# What libc does in a child of its own _Fork(), and what the tracer shows of a call in two halves.
NOT_OURS = {"set_robust_list", "gettid"}
CALL = re.compile(r"^(?P<pid>\d+) +(?:<\.\.\. )?(?P<name>\w+)(?P<rest>.*)$")


def explained(name: str, mechanism: str, form: str = "json") -> str:
    command = [fault_program("explained"), name, form, mechanism, str(PROGRAMS / "act")]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def once_each(calls: list[str]) -> list[str]:
    """How often a call is repeated depends on what the parent has open, or catches."""
    return [name for name, _ in groupby(calls)]


def said(name: str, mechanism: str) -> list[str]:
    plan: dict[str, Any] = json.loads(explained(name, mechanism))
    return once_each([call for step in plan["steps"] for call in step["system_calls"]])


def done(name: str, mechanism: str, folder: Path) -> list[str]:
    log = folder / "calls"
    program = str(PROGRAMS / "act")
    command = [fault_program("explained"), name, "run", mechanism, program]
    tracer = ["strace", "-f", "-qq", "-o", str(log)]
    subprocess.run([*tracer, *command], check=True, stdin=subprocess.DEVNULL)
    calls: dict[str, list[str]] = {}
    first = ""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = CALL.match(line)
        if match is None or " resumed>" in match["rest"] or match["name"] in NOT_OURS:
            continue
        first = first or match["pid"]
        made = calls.setdefault(match["pid"], [])
        ended = made and made[-1] in ("execve", "execveat")
        if match["pid"] != first and not ended:
            made.append(match["name"])
    children = [made for pid, made in calls.items() if made and made[-1].startswith("execve")]
    assert len(children) == 1, calls
    return once_each(children[0])


def without_closing(calls: list[str]) -> list[str]:
    """Whether anything is left to be closed depends on what lies between the numbers of the map."""
    return once_each([name for name in calls if name != "close_range"])


@pytest.mark.parametrize(("name", "mechanism"), CASES)
def test_the_child_does_what_is_said(name: str, mechanism: str, tmp_path: Path) -> None:
    expected, seen = said(name, mechanism), done(name, mechanism, tmp_path)
    assert without_closing(seen) == without_closing(expected)
    assert ("close_range" in seen) == ("close_range" in expected)


def test_a_difference_is_found(tmp_path: Path) -> None:
    """The control."""
    assert done("session", "auto", tmp_path) != said("plain", "auto")


@pytest.mark.parametrize(("name", "mechanism"), CASES)
def test_the_schema_describes_it(name: str, mechanism: str) -> None:
    jsonschema.validate(json.loads(explained(name, mechanism)), SCHEMA)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    plan = json.loads(explained("plain", "auto"))
    plan["steps"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, SCHEMA)


@pytest.mark.parametrize("name", NAMES)
def test_a_line_a_step_in_the_same_order(name: str) -> None:
    steps = json.loads(explained(name, "auto"))["steps"]
    text = explained(name, "auto", "text")
    lines = text[text.index("steps:\n") :].splitlines()[1:]
    assert text.startswith("mechanism: ")
    assert len(lines) == len(steps)
    for number, (line, step) in enumerate(zip(lines, steps), start=1):
        assert line.split()[0] == str(number)
        assert f"{step['call']}({step['subject']})" in line


def test_values_of_the_environment_are_hidden() -> None:
    plan = json.loads(explained("plain", "auto"))
    assert plan["environment"]
    assert all(value is None for _, value in plan["environment"])
