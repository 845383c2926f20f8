# SPDX-License-Identifier: MIT
"""Python: how long an asyncio loop stands still while it starts a program whose exec is slow."""

from __future__ import annotations

from bench.axes.other_threads import longest_gap
from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import Settings

ORDER = 14
LIMIT_SECONDS = 0.02


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: longest gap of an asyncio loop while execve takes 1 s, in seconds",
        ["CPython", "create_subprocess_exec", "forkexec.aio.run"],
    )
    outcome = Outcome(table)
    for interpreter in settings.interpreters:
        progress.start(f"event loop, CPython {interpreter.label}")
        stock, ours = (
            longest_gap(interpreter, engine, "loop_gap.py") for engine in ("stock", "forkexec")
        )
        table.rows.append([interpreter.label, f"{stock:.3f}", f"{ours:.3f}"])
        outcome.facts[interpreter.label] = {"stock": stock, "forkexec": ours}
        what = f"event loop: CPython {interpreter.label}, forkexec.aio.run"
        outcome.verdicts.append(Verdict(what, ours, LIMIT_SECONDS))
    return outcome
