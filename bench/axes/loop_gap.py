# SPDX-License-Identifier: MIT
"""Python: how long an asyncio loop stands still while it starts a program whose exec is slow."""

from __future__ import annotations

from bench.axes.other_threads import measure_gaps
from bench.outcome import Outcome, Progress, Table
from bench.settings import Settings

ORDER = 14
LIMIT_SECONDS = 0.02


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Python: longest gap of an asyncio loop while execve takes 1 s, in seconds"
    table = Table(title, ["CPython", "create_subprocess_exec", "forkexec.aio.run"])
    return measure_gaps(settings, progress, "loop_gap.py", "event loop", LIMIT_SECONDS, table)
