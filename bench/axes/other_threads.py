# SPDX-License-Identifier: MIT
"""Python: how long another thread stands still while one starts a program whose exec is slow."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import NOTHING, PROGRAMS, Settings, run
from tests.conformance.interpreters import Interpreter

ORDER = 9
DELAY_MICROSECONDS = 1_000_000
LIMIT_SECONDS = 0.05


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def longest_gap(interpreter: Interpreter, engine: str, program: str) -> float:
    """Seconds, with each execve delayed by a second."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        inject = f"inject=execve:delay_enter={DELAY_MICROSECONDS}"
        strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(log)]
        script = str(PROGRAMS / program)
        text = run(
            [*strace, "-e", "trace=execve", "-e", inject]
            + [interpreter.executable, script, engine, str(NOTHING)]
        )
        delayed = [line for line in log.read_text().splitlines() if line.endswith("(DELAYED)")]
        if not any(NOTHING.name in line for line in delayed):
            raise SystemExit(f"bench: strace delayed nothing:\n{log.read_text()}")
    return float(text)


def measure_gaps(
    settings: Settings, progress: Progress, program: str, what: str, limit: float, table: Table
) -> Outcome:
    """A row for each interpreter: the stock way's longest gap, and ours, which is judged."""
    outcome = Outcome(table)
    for interpreter in settings.interpreters:
        progress.start(f"{what}, CPython {interpreter.label}")
        stock, ours = (
            longest_gap(interpreter, engine, program) for engine in ("stock", "forkexec")
        )
        table.rows.append([interpreter.label, f"{stock:.3f}", f"{ours:.3f}"])
        outcome.facts[interpreter.label] = {"stock": stock, "forkexec": ours}
        judged = f"{what}: CPython {interpreter.label}, {table.columns[-1]}"
        outcome.verdicts.append(Verdict(judged, ours, limit))
    return outcome


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Python: longest gap of another thread while execve takes 1 s, in seconds"
    table = Table(title, ["CPython", "stock", "forkexec"])
    return measure_gaps(settings, progress, "thread_gap.py", "other threads", LIMIT_SECONDS, table)
