# SPDX-License-Identifier: MIT
"""Python: how late run() returns when a grandchild holds the output of a child that has ended."""

from __future__ import annotations

import json

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import MOMENT, PROGRAMS, Settings, run

ORDER = 16
LIMIT_SECONDS = 0.1
ROUNDS, QUICK_ROUNDS = 10, 2


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: from a child's end, a grandchild holding its output, to the return of run(), in s",
        ["CPython", "subprocess.run", "forkexec.run, beyond its linger"],
    )
    outcome = Outcome(table)
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for interpreter in settings.interpreters:
        progress.start(f"linger, CPython {interpreter.label}")
        script = str(PROGRAMS / "linger.py")
        times = json.loads(run([interpreter.executable, script, str(MOMENT), str(rounds)]))
        worst = {way: max(spent) for way, spent in times.items()}
        row = [interpreter.label, f"{worst['stock']:.3f}", f"{worst['forkexec']:.4f}"]
        table.rows.append(row)
        outcome.facts[interpreter.label] = worst
        what = f"linger: forkexec.run, CPython {interpreter.label}, seconds"
        outcome.verdicts.append(Verdict(what, worst["forkexec"], LIMIT_SECONDS))
    return outcome
