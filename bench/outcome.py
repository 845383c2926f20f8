# SPDX-License-Identifier: MIT
"""What every axis of the benchmark gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from bench.figures import Quartiles, Verdict
from bench.settings import Settings


@dataclass
class Table:
    """Rows of text to read."""

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Measured:
    """One way at one point of an axis."""

    name: str
    variant: str
    language: str
    point: str
    place: float
    """On the axis, where it is one of numbers."""
    count: int
    time: Quartiles
    """Microseconds."""
    rounds: list[float | None]
    """The median of each; ways of one process, or with the floor, ran in the same rounds."""
    to_floor: Quartiles | None
    ours_to_it: Quartiles | None
    """fx_spawn of the same variant, divided by it."""
    aside: bool = False
    """Shown, and not judged."""


@dataclass
class Outcome:
    table: Table
    verdicts: list[Verdict] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Points that this machine had no memory for."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What there is to know for a machine, besides."""


class Progress(Protocol):
    def start(self, label: str) -> None:
        """One step begins; a step may be one of many rounds."""

    def advance(self, part: float) -> None:
        """So much of the step is done."""


class Axis(Protocol):
    """A module in bench/axes."""

    ORDER: int
    """Where it stands among the others."""

    def steps(self, settings: Settings) -> int: ...

    def measure(self, settings: Settings, progress: Progress) -> Outcome: ...
