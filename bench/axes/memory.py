# SPDX-License-Identifier: MIT
"""C: spawn and wait of a tiny static program, by resident memory of the parent."""

from __future__ import annotations

import json

from bench.settings import NOTHING, SPAWN, Settings, run
from bench.table import Progress, Quartiles, Table

FLOOR = "bare vfork"
OURS = ["fx_spawn", "fx_launch", "fx_launch by pid"]
OTHERS = ["posix_spawn"]
# It copies the page tables: a few rounds tell enough, and none where it takes milliseconds.
COPYING = "fork"
MOST_MEMORY_FOR_COPYING = 512
ROUNDS_FOR_COPYING = 200

LIMIT_OF_RATIO = 1.10
LIMIT_OF_GROWTH = 1.10


def steps(settings: Settings) -> int:
    return len(settings.memory)


def sample(rounds: int, megabytes: int, ways: list[str]) -> dict[str, Quartiles]:
    text = run([str(SPAWN), str(NOTHING), str(rounds), str(megabytes), *ways])
    samples: dict[str, list[int]] = json.loads(text)
    return {name: Quartiles.of_nanoseconds(samples[name]) for name in ways}


def measure(settings: Settings, progress: Progress) -> Table:
    table = Table(
        "C: start a tiny static program, everything else closed, and wait for it",
        ["resident", "way", "us: median (quartiles)", "to the floor"],
    )
    medians: dict[str, list[float]] = {}
    for megabytes in settings.memory:
        progress.start(f"C programs, {megabytes} MB resident")
        found = sample(settings.rounds, megabytes, [FLOOR, *OURS, *OTHERS])
        if megabytes <= MOST_MEMORY_FOR_COPYING:
            rounds = min(settings.rounds, ROUNDS_FOR_COPYING)
            found[COPYING] = sample(rounds, megabytes, [FLOOR, COPYING])[COPYING]
        floor = found[FLOOR].median
        for name, quartiles in found.items():
            ratio = quartiles.median / floor
            table.rows.append([f"{megabytes} MB", name, str(quartiles), f"{ratio:.3f}"])
            medians.setdefault(name, []).append(quartiles.median)
            if name in OURS[:2]:
                table.holds(f"{name}, {megabytes} MB, to the floor", ratio, LIMIT_OF_RATIO)
        table.facts[f"{megabytes} MB"] = {name: vars(each) for name, each in found.items()}
    for name in OURS[:2]:
        growth = max(medians[name]) / min(medians[name])
        table.holds(f"{name}, slowest to fastest over memory", growth, LIMIT_OF_GROWTH)
    return table
