# SPDX-License-Identifier: MIT
"""What every axis of the benchmark gives back, and how it is shown."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Quartiles:
    """The middle of many samples, in microseconds."""

    first: float
    median: float
    third: float

    @staticmethod
    def of_nanoseconds(samples: Sequence[int]) -> Quartiles:
        first, median, third = statistics.quantiles(samples, n=4)
        return Quartiles(first / 1000, median / 1000, third / 1000)

    def __str__(self) -> str:
        return f"{self.median:.1f} ({self.first:.1f} to {self.third:.1f})"


@dataclass
class Table:
    """One axis: rows of text to read, facts for a machine, and what was to hold."""

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)

    def holds(self, what: str, value: float, limit: float) -> None:
        word = "holds" if value <= limit else "DOES NOT HOLD"
        self.verdicts.append(f"{what}: {value:.3g}, limit {limit:.3g}: {word}")

    def show(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.columns))]
        text = [self.title, ""]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths)]
            text.append("  " + "  ".join(cells).rstrip())
            if line is self.columns:
                text.append("  " + "  ".join("-" * width for width in widths))
        text += ["", *(f"  {verdict}" for verdict in self.verdicts)] if self.verdicts else []
        return "\n".join([*text, ""])


class Progress:
    """A bar on a terminal, a line a step elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.begin = max(total, 1), 0, time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def start(self, label: str) -> None:
        if self.is_terminal:
            filled = 30 * self.done // self.total
            bar = "#" * filled + "." * (30 - filled)
            seconds = time.monotonic() - self.begin
            text = f"[{bar}] {self.done}/{self.total} {seconds:4.0f} s  {label}"
            print(f"\r{text[:110]:<110}", end="", file=sys.stderr, flush=True)
        else:
            print(f"bench: {self.done + 1}/{self.total} {label}", file=sys.stderr, flush=True)
        self.done += 1

    def end(self) -> None:
        if self.is_terminal:
            print(f"\r{'':<110}\r", end="", file=sys.stderr, flush=True)
