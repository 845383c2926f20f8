# SPDX-License-Identifier: MIT
"""Python: how long after a child's end Popen.wait(timeout=...) returns."""

from __future__ import annotations

import json

from bench.figures import Quartiles, Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import MOMENT, PROGRAMS, Settings, run

ORDER = 12
LIMIT_MICROSECONDS = 100
ROUNDS, QUICK_ROUNDS = 60, 15


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: from the end of a child to the return of wait(timeout=30), in us",
        ["CPython", "subprocess.Popen", "forkexec.Popen"],
    )
    outcome = Outcome(table)
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for interpreter in settings.interpreters:
        progress.start(f"wake-up, CPython {interpreter.label}")
        script = str(PROGRAMS / "wake.py")
        times = json.loads(run([interpreter.executable, script, str(MOMENT), str(rounds)]))
        found = {name: Quartiles.of(spent, unit=1000) for name, spent in times.items()}
        table.rows.append([interpreter.label, found["stock"].show(0), found["forkexec"].show(0)])
        outcome.facts[interpreter.label] = {name: each.median for name, each in found.items()}
        what = f"wake: forkexec.Popen, CPython {interpreter.label}, microseconds"
        outcome.verdicts.append(Verdict(what, found["forkexec"].median, LIMIT_MICROSECONDS))
    return outcome
