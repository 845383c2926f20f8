# SPDX-License-Identifier: MIT
"""By the resident memory of the process that starts programs."""

from __future__ import annotations

from dataclasses import replace

from bench.compare import count_steps, measure_axis
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 2


def sweep(settings: Settings) -> Sweep:
    sizes = {"10 MB": 10, "100 MB": 100, "1 GB": 1 << 10, "8 GB": 8 << 10}
    labels = ["10 MB", "1 GB"] if settings.quick else list(sizes)
    return Sweep(
        [Point(label, Load(memory=sizes[label]), str(TINY), sizes[label]) for label in labels],
        languages=["C", "Rust", "Go", "Java", "Python"],
    )


def of_few_pythons(settings: Settings) -> Settings:
    """The oldest and the newest: filling gigabytes for each takes its time."""
    found = settings.interpreters
    return replace(settings, interpreters=[found[0], found[-1]] if len(found) > 2 else found)


def steps(settings: Settings) -> int:
    return count_steps(sweep(settings), of_few_pythons(settings))


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "By resident memory of the parent"
    return measure_axis("memory", title, sweep(settings), of_few_pythons(settings), progress)
