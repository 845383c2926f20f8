# SPDX-License-Identifier: MIT
"""What is shown in a terminal: a progress bar, tables, verdicts."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table as Grid

from bench.figures import Verdict
from bench.outcome import Table

WIDE = 160


class Progress:
    """A bar on a terminal, a line a step elsewhere."""

    def __init__(self, total: int) -> None:
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description:40.40}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            # It would wake up beside what is measured.
            auto_refresh=False,
        )
        self._task = self._bar.add_task("", total=total)
        self._steps = 0
        if self._console.is_terminal:
            self._bar.start()

    def start(self, label: str) -> None:
        self._steps += 1
        self._bar.update(self._task, description=label, completed=self._steps - 1)
        if self._console.is_terminal:
            self._bar.refresh()
        else:
            total = int(self._bar.tasks[0].total or 0)
            self._console.print(f"bench: {self._steps}/{total} {label}", highlight=False)

    def advance(self, part: float) -> None:
        self._bar.advance(self._task, part)
        if self._console.is_terminal:
            self._bar.refresh()

    def end(self) -> None:
        self._bar.stop()


def console() -> Console:
    """No wrapping where the output is kept."""
    found = Console(highlight=False, markup=False, soft_wrap=True)
    return found if found.is_terminal else Console(highlight=False, markup=False, width=WIDE)


def show_table(table: Table) -> None:
    grid = Grid(box=box.SIMPLE_HEAD)
    for column in table.columns:
        grid.add_column(column, no_wrap=True)
    previous = ""
    for row in table.rows:
        first = "" if row[0] == previous else row[0]
        if first and previous:
            grid.add_section()
        previous = row[0]
        grid.add_row(first, *row[1:])
    out = console()
    out.print(table.title, style="bold")
    out.print(grid)


def show_verdicts(verdicts: Iterable[Verdict]) -> None:
    out = console()
    for verdict in verdicts:
        out.print(str(verdict), style=None if verdict.holds else "bold red")
