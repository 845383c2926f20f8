# SPDX-License-Identifier: MIT
"""Every attribute has all its faces.

The table below has a row for each field of fx_command that an attribute is set by. The tests walk
it, the fields of the command and the table of steps: what is in one of them and not in the others is
found, and so is a face that a row names and that is not there.
"""

from __future__ import annotations

import inspect
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import forkexec
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = (ROOT / "include" / "forkexec.h").read_text(encoding="utf-8")
STEP_TABLE = (ROOT / "src" / "plan" / "table.c").read_text(encoding="utf-8")
CHILD_TABLE = (ROOT / "src" / "child" / "run.c").read_text(encoding="utf-8")
ATTRIBUTES = (ROOT / "doc" / "attributes.md").read_text(encoding="utf-8")
ORDER = (ROOT / "doc" / "order.md").read_text(encoding="utf-8")
LAUNCHER = ROOT / "build" / "default" / "cli" / "forkexec"


@dataclass(frozen=True)
class Face:
    field: str
    step: str  # without FX_STEP_; "" where the parent does it all
    keyword: str
    option: str
    inside: str  # FILE:FUNCTION in tests/c
    failure: str


FACES: tuple[Face, ...] = ()

# Those of the command that say what the program is, how it is made, and whom to tell.
NOT_ATTRIBUTES = {
    "size",
    "program",
    "search",
    "candidates",
    "argv",
    "stdio",
    "exempt",
    "keep_ignored_signals",
    "callback",
    "reporter",
    "mechanism",
    "order",
    "without_pidfd",
    "best_effort",
}
# Done for every child, or for what is in NOT_ATTRIBUTES.
NOT_STEPS_OF_ATTRIBUTES = {"RESET_HANDLERS", "CALLBACK"}


def fields() -> list[str]:
    """Of struct fx_command, without the counts of its lists."""
    body = HEADER[HEADER.index("typedef struct fx_command {") : HEADER.index("} fx_command;")]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    names = re.findall(r"(\w+)(?:\[\d+\])?;", body)
    return [name for name in names if not name.endswith(("_count", "_size"))]


def child_steps() -> list[tuple[str, str, str, int]]:
    """Of the table: kind, name, key and place of each step that the child does."""
    row = re.compile(
        r'\[FX_STEP_(\w+)\]\s*=\s*\{\s*"([^"]+)",\s*"([^"]+)",\s*"[^"]+",\s*\{(\d+),\s*\d+\}'
    )
    rows = [(kind, name, key, int(place)) for kind, name, key, place in row.findall(STEP_TABLE)]
    return [each for each in rows if each[3] > 0]


def exists(test: str) -> bool:
    file, _, function = test.partition(":")
    text = (ROOT / "tests" / "c" / file).read_text(encoding="utf-8")
    return f"static void {function}(" in text and f"cmocka_unit_test({function})" in text


def ids(face: Face) -> str:
    return face.field


def test_every_field_has_a_row() -> None:
    rows = {face.field for face in FACES}
    assert set(fields()) - NOT_ATTRIBUTES == rows


def test_every_step_belongs_to_a_row() -> None:
    kinds = {kind for kind, _, _, _ in child_steps()}
    assert kinds - NOT_STEPS_OF_ATTRIBUTES == {face.step for face in FACES if face.step}


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_the_child_can_do_it(face: Face) -> None:
    assert not face.step or f"[FX_STEP_{face.step}]" in CHILD_TABLE
    assert not face.step or f"FX_STEP_{face.step}," in HEADER


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_has_a_keyword(face: Face) -> None:
    assert face.keyword in inspect.signature(forkexec.Setup).parameters


@pytest.fixture(scope="module")
def usage() -> str:
    command = [str(LAUNCHER), "exec", "--help"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_has_an_option(face: Face, usage: str) -> None:
    assert re.search(rf"{re.escape(face.option)}\b", usage)


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_is_documented(face: Face) -> None:
    line = next((line for line in ATTRIBUTES.splitlines() if line.startswith("| `")), "")
    assert line
    documented = [
        line
        for line in ATTRIBUTES.splitlines()
        if f"{face.keyword}=" in line and face.option in line
    ]
    assert documented, f"{face.keyword}= and {face.option} stand in no line of doc/attributes.md"


@pytest.mark.parametrize("face", FACES, ids=ids)
def test_it_is_tested_from_inside_and_made_to_fail(face: Face) -> None:
    assert exists(face.inside), face.inside
    assert exists(face.failure), face.failure


def test_the_documented_order_is_that_of_the_table() -> None:
    expected = [(name, key) for _, name, key, _ in sorted(child_steps(), key=lambda row: row[3])]
    documented = re.findall(r"^\| (\w+) \| `(\w+)` \|", ORDER, re.MULTILINE)
    assert documented == expected


def test_what_is_not_there_is_found() -> None:
    """The control."""
    assert not exists("test_session.c:no_such_test")
    assert "no_such_keyword" not in inspect.signature(forkexec.Setup).parameters
