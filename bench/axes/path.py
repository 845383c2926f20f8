# SPDX-License-Identifier: MIT
"""By the entries of PATH, in the last of which the program is."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 6


def sweep(settings: Settings) -> Sweep:
    numbers = [1, 100] if settings.quick else [1, 10, 100]
    return Sweep(
        [
            Point(f"{number:,} entries", Load(path_entries=number), TINY.name, number)
            for number in numbers
        ]
    )


def steps(settings: Settings) -> int:
    return count_steps(sweep(settings), settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "By entries of PATH"
    return measure_axis("path", title, sweep(settings), settings, progress, grows=False)
