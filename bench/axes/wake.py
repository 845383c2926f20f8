# SPDX-License-Identifier: MIT
"""Python: how long after a child's end Popen.wait(timeout=...) returns."""

from __future__ import annotations

import json
from contextlib import nullcontext

from bench.awake import awake
from bench.figures import Quartiles, Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import MOMENT, PROGRAMS, Settings, run
from tests.conformance.interpreters import Interpreter

ORDER = 12
LIMIT_MICROSECONDS = 100
ROUNDS, QUICK_ROUNDS = 40, 10
CONDITIONS = ["kept awake", "left alone"]
WAYS = {
    "stock": "subprocess.Popen, timeout=30",
    "blocking": "subprocess.Popen, no timeout",
    "forkexec": "forkexec.Popen, timeout=30",
}


def steps(settings: Settings) -> int:
    return len(settings.interpreters) * len(CONDITIONS)


def times(interpreter: Interpreter, rounds: int) -> dict[str, float]:
    """Medians in microseconds: of "looking" from the program's last moment, of the ways from when
    that one sees the end."""
    script = str(PROGRAMS / "wake.py")
    printed = json.loads(run([interpreter.executable, script, str(MOMENT), str(rounds)]))
    medians = {way: Quartiles.of(spent, unit=1000).median for way, spent in printed.items()}
    seen = medians["looking"]
    return {"looking": seen, **{way: medians[way] - seen for way in WAYS}}


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: from when a child's end can be seen to the return of wait(), in us",
        ["CPython", "processors", "end is seen after", *WAYS.values()],
    )
    outcome = Outcome(table)
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for interpreter in settings.interpreters:
        for condition in CONDITIONS:
            progress.start(f"wake-up, CPython {interpreter.label}, processors {condition}")
            with awake() if condition == "kept awake" else nullcontext():
                found = times(interpreter, rounds)
            spent = [f"{each:.0f}" for each in found.values()]
            table.rows.append([interpreter.label, condition, *spent])
            outcome.facts[f"{interpreter.label}, {condition}"] = found
            if condition == "kept awake":
                what = f"wake: forkexec.Popen, CPython {interpreter.label}, microseconds"
                outcome.verdicts.append(Verdict(what, found["forkexec"], LIMIT_MICROSECONDS))
    return outcome
