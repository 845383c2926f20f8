# SPDX-License-Identifier: MIT
"""C: spawn and wait of a tiny static program, by resident memory of the parent.

Two programs: one as a C compiler makes it, and one without a libc, which ends so soon that every
microsecond of the start shows.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench.settings import NOTHING, SPAWN, TINY, Settings, run
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


PROGRAMS = {"C program": TINY, "no libc": NOTHING}
# Of the program without a libc even a pidfd alone is 5% of the floor: shown, and held by plans.
LIMITED = {"C program": OURS[:2], "no libc": OURS[1:2]}


def steps(settings: Settings) -> int:
    return len(settings.memory) * len(PROGRAMS)


def sample(program: Path, rounds: int, megabytes: int, ways: list[str]) -> dict[str, Quartiles]:
    text = run([str(SPAWN), str(program), str(rounds), str(megabytes), *ways])
    samples: dict[str, list[int]] = json.loads(text)
    return {name: Quartiles.of_nanoseconds(samples[name]) for name in ways}


def sample_all(program: Path, rounds: int, megabytes: int) -> dict[str, Quartiles]:
    found = sample(program, rounds, megabytes, [FLOOR, *OURS, *OTHERS])
    if megabytes <= MOST_MEMORY_FOR_COPYING:
        few = min(rounds, ROUNDS_FOR_COPYING)
        found[COPYING] = sample(program, few, megabytes, [FLOOR, COPYING])[COPYING]
    return found


def measure(settings: Settings, progress: Progress) -> Table:
    table = Table(
        "C: start a tiny static program, everything else closed, and wait for it",
        ["program", "resident", "way", "us: median (quartiles)", "to the floor"],
    )
    for program, path in PROGRAMS.items():
        medians: dict[str, list[float]] = {}
        for megabytes in settings.memory:
            progress.start(f"C: {program}, {megabytes} MB resident")
            found = sample_all(path, settings.rounds, megabytes)
            where = f"{program}, {megabytes} MB"
            for name, quartiles in found.items():
                ratio = quartiles.median / found[FLOOR].median
                table.rows.append(
                    [program, f"{megabytes} MB", name, str(quartiles), f"{ratio:.3f}"]
                )
                medians.setdefault(name, []).append(ratio)
                if name in LIMITED[program]:
                    table.holds(f"{name}, {where}, to the floor", ratio, LIMIT_OF_RATIO)
            table.facts[where] = {name: vars(each) for name, each in found.items()}
        for name in OURS[:2]:
            growth = max(medians[name]) / min(medians[name])
            table.holds(f"{name}, {program}, most to least over memory", growth, LIMIT_OF_GROWTH)
    return table
