# SPDX-License-Identifier: MIT
"""Python: run(capture_output=True) of a tiny program, beside the stock one and other libraries."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import NOTHING, PROGRAMS, Settings, run
from tests.conformance.interpreters import Interpreter

ORDER = 13
LIMIT = 0.5
"""Of the stock one's time."""
ROUNDS, QUICK_ROUNDS = 60, 10


def executable(interpreter: Interpreter) -> str:
    """The libraries are installed beside the interpreter that runs this, in its environment."""
    is_own = Path(interpreter.executable).resolve() == Path(sys.executable).resolve()
    return sys.executable if is_own else interpreter.executable


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: a tiny program and its output, in us; the median ratio to the stock run()",
        ["CPython", "way", "us", "to subprocess.run"],
    )
    outcome = Outcome(table)
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for interpreter in settings.interpreters:
        progress.start(f"capture, CPython {interpreter.label}")
        script = str(PROGRAMS / "capture.py")
        times = json.loads(run([executable(interpreter), script, str(NOTHING), str(rounds)]))
        for name, spent in sorted(times.items(), key=lambda item: statistics.median(item[1])):
            to_stock = statistics.median(each / stock for each, stock in zip(spent, times["stock"]))
            median = statistics.median(spent) / 1000
            table.rows.append([interpreter.label, name, f"{median:.0f}", f"{to_stock:.2f}"])
            outcome.facts[f"{interpreter.label}, {name}"] = {"us": median, "to stock": to_stock}
            if name == "forkexec":
                what = f"capture: forkexec.run, CPython {interpreter.label}, to subprocess.run"
                outcome.verdicts.append(Verdict(what, to_stock, LIMIT))
    return outcome
