# SPDX-License-Identifier: MIT
"""Python: run(capture_output=True) of a tiny program, beside the stock one and other libraries."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import CAPTURED, NOTHING, PROGRAMS, Settings, run
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


def times(interpreter: Interpreter, rounds: int) -> dict[str, dict[str, list[float]]]:
    command = [executable(interpreter), str(PROGRAMS / "capture.py"), str(NOTHING), str(rounds)]
    found: dict[str, dict[str, list[float]]] = json.loads(run([*command, str(CAPTURED)]))
    return found


def add(outcome: Outcome, label: str, condition: str, ways: dict[str, list[float]]) -> None:
    """A row for each way, the fastest first, and what is to hold of ours."""
    for name, spent in sorted(ways.items(), key=lambda item: statistics.median(item[1])):
        to_stock = statistics.median(each / stock for each, stock in zip(spent, ways["stock"]))
        median = statistics.median(spent) / 1000
        outcome.table.rows.append([label, condition, name, f"{median:.0f}", f"{to_stock:.2f}"])
        outcome.facts[f"{label}, {condition}, {name}"] = {"us": median, "to stock": to_stock}
        if name == "forkexec":
            what = f"capture: forkexec.run, CPython {label}, {condition}, to subprocess.run"
            outcome.verdicts.append(Verdict(what, to_stock, LIMIT))


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: a tiny program and its output, in us; the median ratio to the stock run()",
        ["CPython", "process", "way", "us", "to subprocess.run"],
    )
    outcome = Outcome(table)
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for interpreter in settings.interpreters:
        progress.start(f"capture, CPython {interpreter.label}")
        for condition, ways in times(interpreter, rounds).items():
            add(outcome, interpreter.label, condition, ways)
    return outcome
