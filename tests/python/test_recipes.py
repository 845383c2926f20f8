# SPDX-License-Identifier: MIT
"""A newcomer's hour: what the README and the recipes show runs, and prints what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import launcher, succeeds
from tests.python.recipes import Recipe, Step, console_steps, is_as_printed, recipes_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "doc/batch.md",
        "doc/recipes.md",
        "doc/python-popen.md",
        "doc/python-run.md",
    )
]
RECIPES = [recipe for page in PAGES for recipe in recipes_of(page)]
DEADLINE = 120  # seconds: only so that a hang becomes a failure
ASKED_FOR = [
    "A timeout that kills everything",
    "Output within bounds",
    "Live output and capture at once",
    "A pipeline",
    "Ten thousand commands, with resume",
]


def environment() -> dict[str, str]:
    """The launcher that was built, this interpreter and its package."""
    folders = [os.path.dirname(launcher()), os.path.dirname(sys.executable)]
    return {**os.environ, "PATH": os.pathsep.join([*folders, os.environ["PATH"]])}


def run(step: Step, folder: Path) -> list[str]:
    command = (
        ["sh", "-c", step.text] if step.language == "sh" else [sys.executable, "-c", step.text]
    )
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert step.language == "sh" or done.returncode == 0, f"{step.text}\n{done.stdout}"
    return done.stdout.splitlines()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: f"{each.page}: {each.title}")
def test_it_prints_what_is_shown(recipe: Recipe, tmp_path: Path) -> None:
    for step in recipe.steps:
        printed = run(step, tmp_path)
        if step.output is not None and not is_as_printed(printed, step.output):
            shown = "\n".join(["prints", *printed, "and not", *step.output])
            pytest.fail(f"{recipe.page}, line {step.line}\n{step.text}\n{shown}")


def test_help_shows_what_comes(tmp_path: Path) -> None:
    _, _, examples = succeeds("--help").partition("Examples:\n\n")
    steps = console_steps(examples.splitlines(), 1)
    assert len(steps) >= 4
    for step in steps:
        assert step.output is not None
        assert is_as_printed(run(step, tmp_path), step.output), step


def test_what_newcomers_ask_for_is_there() -> None:
    assert [title for title in ASKED_FOR if title not in {each.title for each in RECIPES}] == []


def test_other_output_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n\n```console\n$ echo one\none\n$ echo a; echo b\n...\nb\n```\n")
    (recipe,) = recipes_of(page)
    first, second = recipe.steps
    assert first.output is not None and second.output is not None
    assert is_as_printed(run(first, tmp_path), first.output)
    assert is_as_printed(run(second, tmp_path), second.output)
    assert not is_as_printed(["two"], first.output)
    assert not is_as_printed(["one", "more"], first.output)
    assert not is_as_printed([], first.output)
