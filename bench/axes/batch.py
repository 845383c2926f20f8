# SPDX-License-Identifier: MIT
"""The launcher: ten thousand tiny programs, beside xargs and GNU parallel."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import BUILD, LAUNCHER, NOTHING, Settings

ORDER = 15
COMMANDS, QUICK_COMMANDS = 10_000, 1_000
SLOW_PART = 20
"""GNU parallel takes so long for each that it is given one command of so many."""
ROUNDS, QUICK_ROUNDS = 7, 3


def jobs() -> int:
    return len(os.sched_getaffinity(0))


def commands(count: int) -> str:
    return "".join(f"{NOTHING} {number}\n" for number in range(count))


def numbers(count: int) -> str:
    return "".join(f"{number}\n" for number in range(count))


def seconds(command: list[str], text: str, folder: Path) -> float:
    source = folder / "input"
    source.write_text(text, encoding="ascii")
    with source.open("rb") as file:
        begin = time.monotonic()
        subprocess.run(command, stdin=file, check=True)
        return time.monotonic() - begin


def ways(count: int, folder: Path) -> dict[str, tuple[Callable[[], float], int]]:
    """What takes a turn, and how many programs that starts."""
    parallelism = str(jobs())
    few = max(count // SLOW_PART, 1)
    log = folder / "joblog"

    def logged() -> float:
        log.unlink(missing_ok=True)
        return seconds(
            [str(LAUNCHER), "batch", "-j", parallelism, "--joblog", str(log)],
            commands(count),
            folder,
        )

    return {
        "forkexec batch": (
            lambda: seconds([str(LAUNCHER), "batch", "-j", parallelism], commands(count), folder),
            count,
        ),
        "forkexec batch --joblog": (logged, count),
        "xargs -P": (
            lambda: seconds(
                ["xargs", "-P", parallelism, "-n1", str(NOTHING)], numbers(count), folder
            ),
            count,
        ),
        "GNU parallel": (
            lambda: seconds(["parallel", "--will-cite", "-j", parallelism], commands(few), folder),
            few,
        ),
    }


def steps(settings: Settings) -> int:
    return 1


def measure(settings: Settings, progress: Progress) -> Outcome:
    count = QUICK_COMMANDS if settings.quick else COMMANDS
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    progress.start("batch")
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        chosen = ways(count, Path(folder))
        for _ in range(rounds):
            for name in random.sample(list(chosen), len(chosen)):
                turn, programs = chosen[name]
                spent.setdefault(name, []).append(turn() / programs * 1e6)
            progress.advance(1 / rounds)
    table = Table(
        f"The launcher: {count} programs without a libc, {jobs()} at a time",
        ["way", "us for each", "to xargs -P"],
    )
    outcome = Outcome(table)
    for name, found in sorted(spent.items(), key=lambda item: statistics.median(item[1])):
        to_xargs = statistics.median(each / other for each, other in zip(found, spent["xargs -P"]))
        table.rows.append([name, f"{statistics.median(found):.0f}", f"{to_xargs:.2f}"])
        outcome.facts[name] = {"us": statistics.median(found), "to xargs": to_xargs}
        if name.startswith("forkexec"):
            outcome.verdicts.append(Verdict(f"batch: {name}, to xargs -P", to_xargs, 1))
    return outcome
