# SPDX-License-Identifier: MIT
"""Python: Popen and wait on every CPython found, with its own engine and with ours; asyncio."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.figures import Verdict
from bench.load import Load
from bench.outcome import Measured, Outcome, Progress
from bench.rounds import Point
from bench.settings import NOTHING, TINY, Settings
from bench.sweep import Sweep
from tests.conformance.interpreters import Interpreter

ORDER = 8
JUDGED = "no libc"
SWEEP = Sweep(
    [Point(JUDGED, Load(), str(NOTHING)), Point("C program", Load(), str(TINY))],
    languages=["Python"],
)


def least_gain(interpreter: Interpreter) -> float:
    """3.8 and 3.9 copy the process; later ones use vfork."""
    return 3.0 if interpreter.minor < (3, 10) else 1.2


def steps(settings: Settings) -> int:
    return count_steps(SWEEP, settings)


def gains(settings: Settings, measured: list[Measured]) -> list[Verdict]:
    by_name = {each.name: each for each in measured if each.point == JUDGED}
    verdicts = []
    for interpreter in settings.interpreters:
        stock = by_name.get(f"Popen {interpreter.label}")
        ours = by_name.get(f"Popen {interpreter.label}, forkexec")
        if stock and ours:
            what = f"python: Popen {interpreter.label}, the stock engine's time to ours"
            gain = stock.time.median / ours.time.median
            verdicts.append(Verdict(what, gain, least_gain(interpreter), at_least=True))
    return verdicts


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Python: Popen([program]).wait(), asyncio.create_subprocess_exec"
    outcome = measure_axis("python", title, SWEEP, settings, progress, grows=False)
    outcome.verdicts = gains(settings, outcome.measured)
    return outcome
