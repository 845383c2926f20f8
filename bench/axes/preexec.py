# SPDX-License-Identifier: MIT
"""Python: what a callback costs that is data to us, in a process of 4 GB."""

from __future__ import annotations

import json
import statistics

from bench.figures import Verdict
from bench.load import Load
from bench.outcome import Outcome, Progress, Table
from bench.settings import NOTHING, PROGRAMS, Settings, python_variables, run
from tests.conformance.interpreters import Interpreter

ORDER = 11
MEGABYTES = 4096
LEAST_GAIN = {"os.setsid": 100, "Setup": 100}
"""What shares memory; the helper is shown beside it."""
ROUNDS, QUICK_ROUNDS = 11, 3


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def times(interpreter: Interpreter, rounds: int) -> dict[str, dict[str, list[int]]]:
    script = str(PROGRAMS / "preexec.py")
    command = [interpreter.executable, script, str(NOTHING), str(rounds)]
    variables = {**Load(memory=MEGABYTES).variables(preload=True), **python_variables()}
    found: dict[str, dict[str, list[int]]] = json.loads(run(command, variables))
    return found


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        f"Python: Popen(preexec_fn=...).wait() in a process of {MEGABYTES // 1024} GB, in ms",
        ["CPython", "preexec_fn", "stock", "forkexec", "stock / forkexec"],
    )
    outcome = Outcome(table)
    for interpreter in settings.interpreters:
        progress.start(f"preexec_fn, CPython {interpreter.label}")
        for name, spent in times(interpreter, QUICK_ROUNDS if settings.quick else ROUNDS).items():
            stock, ours = (
                statistics.median(spent[engine]) / 1e6 for engine in ("stock", "forkexec")
            )
            gain = stock / ours
            table.rows.append(
                [interpreter.label, name, f"{stock:.2f}", f"{ours:.3f}", f"{gain:.0f}"]
            )
            outcome.facts[f"{interpreter.label}, {name}"] = {"stock": stock, "forkexec": ours}
            if name in LEAST_GAIN:
                what = f"preexec_fn: {name}, CPython {interpreter.label}, stock to forkexec"
                outcome.verdicts.append(Verdict(what, gain, LEAST_GAIN[name], at_least=True))
    return outcome
