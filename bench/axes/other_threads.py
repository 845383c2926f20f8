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


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: longest gap of another thread while execve takes 1 s, in seconds",
        ["CPython", "stock", "forkexec"],
    )
    outcome = Outcome(table)
    for interpreter in settings.interpreters:
        progress.start(f"other threads, CPython {interpreter.label}")
        stock, ours = (
            longest_gap(interpreter, engine, "thread_gap.py") for engine in ("stock", "forkexec")
        )
        table.rows.append([interpreter.label, f"{stock:.3f}", f"{ours:.3f}"])
        outcome.facts[interpreter.label] = {"stock": stock, "forkexec": ours}
        outcome.verdicts.append(
            Verdict(f"other threads: CPython {interpreter.label}, forkexec", ours, LIMIT_SECONDS)
        )
    return outcome
