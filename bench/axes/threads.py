# SPDX-License-Identifier: MIT
"""By the threads of the process that starts programs."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 4


def label(number: int) -> str:
    return f"{number:,} threads" if number > 1 else "1 thread"


def sweep(settings: Settings) -> Sweep:
    numbers = [1, 1000] if settings.quick else [1, 10, 100, 1000]
    return Sweep(
        [Point(label(number), Load(threads=number), str(TINY), number) for number in numbers]
    )


def steps(settings: Settings) -> int:
    return count_steps(sweep(settings), settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    return measure_axis("threads", "By threads of the parent", sweep(settings), settings, progress)
