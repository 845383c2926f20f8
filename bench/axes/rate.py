# SPDX-License-Identifier: MIT
"""How fast programs can be started, one after the other, on one and on two processors."""

from __future__ import annotations

import os

from bench.compare import count_steps, measure_axis
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import TINY, Settings
from bench.sweep import Sweep

ORDER = 7
CORES = {"1 core, 1 thread": 1, "2 cores, 2 threads": 2}
SWEEP = Sweep(
    [
        Point(label, Load(cores=number), str(TINY), number, threads=number)
        for label, number in CORES.items()
        if number <= len(os.sched_getaffinity(0))
    ]
)


def steps(settings: Settings) -> int:
    return count_steps(SWEEP, settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Rate: time for each program"
    outcome = measure_axis("rate", title, SWEEP, settings, progress, grows=False)
    outcome.facts["programs per second"] = {
        f"{each.name}, {each.point}": round(1e6 / each.time.median) for each in outcome.measured
    }
    return outcome
