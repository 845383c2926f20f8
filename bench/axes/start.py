# SPDX-License-Identifier: MIT
"""C: what a start costs at the least, of a program as a C compiler makes it and of one without a
libc, which ends so soon that every microsecond of the start shows."""

from __future__ import annotations

from dataclasses import replace

from bench.compare import count_steps, measure_axis, with_variant
from bench.figures import Verdict
from bench.load import Load
from bench.outcome import Outcome, Progress
from bench.rounds import Point
from bench.settings import NOTHING, TINY, Settings
from bench.sweep import Sweep

ORDER = 1
JUDGED = "C program"
ROUNDS_FACTOR = 3
"""The narrowest limits are here."""
LIMITS = {
    ("fx_spawn", ""): 1.05,
    ("fx_launch", ""): 1.05,
    ("fx_spawn", "session"): 1.10,
    ("fx_spawn", "session, output captured"): 1.10,
    ("fx_spawn", "process group"): 1.10,
}
SWEEP = Sweep(
    [Point(JUDGED, Load(), str(TINY)), Point("no libc", Load(), str(NOTHING))],
    variants=["", "session", "session, output captured", "process group"],
)


def steps(settings: Settings) -> int:
    return count_steps(SWEEP, settings)


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Start a program, everything else closed, and wait for it"
    thorough = replace(settings, rounds=ROUNDS_FACTOR * settings.rounds)
    outcome = measure_axis("start", title, SWEEP, thorough, progress, grows=False)
    outcome.verdicts[:0] = [
        Verdict(f"start: {with_variant(each.name, each.variant)}, to the floor", ratio, limit)
        for each in outcome.measured
        if each.point == JUDGED and each.to_floor
        for limit in [LIMITS.get((each.name, each.variant))]
        for ratio in [each.to_floor.median]
        if limit is not None
    ]
    return outcome
