# SPDX-License-Identifier: MIT
"""The arithmetic: quartiles, ratios of what was measured in the same round, and verdicts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

Rounds = Sequence[Sequence[float]]
"""Nanoseconds, round by round; a slow way sits some rounds out."""

Medians = Sequence[Optional[float]]
"""Microseconds, of each round."""


@dataclass(frozen=True)
class Quartiles:
    first: float
    median: float
    third: float

    @staticmethod
    def of(samples: Sequence[float], unit: float = 1) -> Quartiles:
        if len(samples) < 2:
            first = median = third = samples[0]
        else:
            first, median, third = statistics.quantiles(samples, n=4)
        return Quartiles(first / unit, median / unit, third / unit)

    def show(self, digits: int) -> str:
        return f"{self.median:.{digits}f} ({self.first:.{digits}f} to {self.third:.{digits}f})"


def microseconds(rounds: Rounds) -> Quartiles:
    return Quartiles.of([sample for each in rounds for sample in each], unit=1000)


def medians(rounds: Rounds) -> Medians:
    return [statistics.median(each) / 1000 if each else None for each in rounds]


def ratio(ours: Medians, theirs: Medians) -> Quartiles | None:
    """Of each round: what disturbs the machine for longer than that cancels out."""
    pairs = [(a, b) for a, b in zip(ours, theirs) if a is not None and b is not None]
    return Quartiles.of([a / b for a, b in pairs]) if pairs else None


@dataclass(frozen=True)
class Verdict:
    """Something that must hold: a figure that may not lie above, or not below, its limit."""

    what: str
    figure: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    def __str__(self) -> str:
        word = "holds" if self.holds else "DOES NOT HOLD"
        bound = "at least" if self.at_least else "at most"
        return f"{word}: {self.what}: {self.figure:.3f}, {bound} {self.limit:g}"
