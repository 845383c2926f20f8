# SPDX-License-Identifier: MIT
"""What the documentation says that one can type, and what it says that comes of it.

A block of ```console has commands behind "$ ", each followed by what it prints; a line "..."
stands for any lines. A block of ```python is a program; a block of ```output behind it is what it
prints; without one it only has to end well. All blocks of a section share a folder, so that one can
go on where another ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ANYTHING = "..."


@dataclass(frozen=True)
class Step:
    """A command of a shell, or a program in Python, and the lines that it prints."""

    language: str
    text: str
    output: tuple[str, ...] | None
    line: int


@dataclass(frozen=True)
class Recipe:
    page: str
    title: str
    steps: tuple[Step, ...]


def console_steps(lines: list[str], number: int) -> list[Step]:
    steps: list[Step] = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            steps.append(Step("sh", line[2:], (), number + offset))
        elif line.startswith("> ") and steps and not steps[-1].output:
            last = steps.pop()
            steps.append(Step("sh", f"{last.text}\n{line[2:]}", (), last.line))
        elif steps:
            last = steps.pop()
            steps.append(Step("sh", last.text, (*(last.output or ()), line), last.line))
        else:
            raise ValueError(f"line {number + offset}: output without a command")
    return steps


def _sections(page: Path) -> list[tuple[str, list[tuple[int, str, list[str]]]]]:
    """Title, and the fenced blocks: number of the first line, language, lines."""
    found: list[tuple[str, list[tuple[int, str, list[str]]]]] = [(page.name, [])]
    block: list[str] | None = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if block is None and (heading := re.fullmatch(r"#+ (.+)", line)):
            found.append((heading[1], []))
        elif line.startswith("```"):
            if block is None:
                block = []
                found[-1][1].append((number + 1, line[3:].strip(), block))
            else:
                block = None
        elif block is not None:
            block.append(line)
    return found


def recipes_of(page: Path) -> list[Recipe]:
    recipes = []
    for title, blocks in _sections(page):
        steps: list[Step] = []
        for number, language, lines in blocks:
            if language == "console":
                steps += console_steps(lines, number)
            elif language == "python":
                steps.append(Step("python", "\n".join(lines) + "\n", None, number))
            elif language == "output" and steps and steps[-1].language == "python":
                last = steps.pop()
                steps.append(Step("python", last.text, tuple(lines), last.line))
        if steps:
            recipes.append(Recipe(page.name, title, tuple(steps)))
    return recipes


def is_as_printed(printed: list[str], expected: tuple[str, ...]) -> bool:
    """Whether the lines are the expected ones, "..." being any number of any."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line == ANYTHING else f"{re.escape(line)}\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None
