# SPDX-License-Identifier: MIT
"""By the size of the environment, which the child inherits and the kernel copies."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 5


def sweep(settings: Settings) -> Sweep:
    numbers = [10, 10_000] if settings.quick else [10, 100, 1000, 10_000]
    return Sweep(
        [
            Point(f"{number:,} variables", Load(environment=number), str(TINY), number)
            for number in numbers
        ]
    )


def steps(settings: Settings) -> int:
    return count_steps(sweep(settings), settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "By variables of the environment"
    return measure_axis("environment", title, sweep(settings), settings, progress, grows=False)
