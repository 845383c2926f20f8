# SPDX-License-Identifier: MIT
"""Python: subprocess.Popen and wait, the stock engine and ours, in one process of each CPython."""

from __future__ import annotations

import json

from bench.settings import NOTHING, PROGRAMS, Settings, run
from bench.table import Progress, Quartiles, Table

MOST_ROUNDS = 1000


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Table:
    table = Table(
        "Python: Popen([program]).wait()",
        ["CPython", "stock, us: median (quartiles)", "forkexec", "forkexec to stock"],
    )
    rounds = str(min(settings.rounds, MOST_ROUNDS))
    for interpreter in settings.interpreters:
        progress.start(f"Popen, CPython {interpreter.label}")
        script = str(PROGRAMS / "popen_time.py")
        text = run([interpreter.executable, script, str(NOTHING), rounds])
        samples: dict[str, list[int]] = json.loads(text)
        stock, ours = (Quartiles.of_nanoseconds(samples[way]) for way in ("stock", "forkexec"))
        ratio = ours.median / stock.median
        table.rows.append([interpreter.label, str(stock), str(ours), f"{ratio:.2f}"])
        table.facts[interpreter.label] = {"stock": vars(stock), "forkexec": vars(ours)}
    return table
