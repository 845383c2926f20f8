# SPDX-License-Identifier: MIT
"""By the open descriptors of the process that starts programs, none or ten of them passed on."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.load import Load, most_descriptors
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 3
VARIANTS = ["", "ten low kept", "ten high kept", "ten high mapped"]


def sweep(settings: Settings) -> Sweep:
    most = most_descriptors(20_000)
    numbers = [10, most] if settings.quick else [10, 100, 1000, most]
    points = [
        Point(f"{number:,} open", Load(descriptors=number), str(TINY), number, early=str(TINY))
        for number in numbers
    ]
    late = Point(
        f"{most:,} open, none reserved", Load(descriptors=most), str(TINY), most, aside=True
    )
    return Sweep([*points, late], VARIANTS)


def steps(settings: Settings) -> int:
    return count_steps(sweep(settings), settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    return measure_axis(
        "descriptors", "By open descriptors of the parent", sweep(settings), settings, progress
    )
