# SPDX-License-Identifier: MIT
"""Python: Popen and wait on every CPython found, with its own engine and with ours; asyncio."""

from __future__ import annotations

from bench.compare import count_steps, measure_axis
from bench.figures import Verdict, ratio
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


def forks(interpreter: Interpreter) -> bool:
    """As the stock engine did until vfork came."""
    return interpreter.minor < (3, 10)


def least_gain(interpreter: Interpreter) -> float:
    return 3.0 if forks(interpreter) else 1.2


def steps(settings: Settings) -> int:
    return count_steps(SWEEP, settings)


def gain(stock: Measured, ours: Measured, in_one_process: bool) -> float | None:
    """An engine that forks has a process of its own, and its own rounds beside the floor."""
    if in_one_process:
        found = ratio(stock.rounds, ours.rounds)
        return found.median if found else None
    if not stock.to_floor or not ours.to_floor:
        return None
    return stock.to_floor.median / ours.to_floor.median


def gains(settings: Settings, measured: list[Measured]) -> list[Verdict]:
    by_name = {each.name: each for each in measured if each.point == JUDGED}
    verdicts = []
    for interpreter in settings.interpreters:
        stock = by_name.get(f"Popen {interpreter.label}")
        ours = by_name.get(f"Popen {interpreter.label}, forkexec")
        found = stock and ours and gain(stock, ours, not forks(interpreter))
        if found:
            what = f"python: Popen {interpreter.label}, the stock engine's time to ours"
            verdicts.append(Verdict(what, found, least_gain(interpreter), at_least=True))
    return verdicts


def measure(settings: Settings, progress: Progress) -> Outcome:
    title = "Python: Popen([program]).wait(), asyncio.create_subprocess_exec"
    outcome = measure_axis("python", title, SWEEP, settings, progress, grows=False)
    outcome.verdicts = gains(settings, outcome.measured)
    return outcome
