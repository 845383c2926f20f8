# SPDX-License-Identifier: MIT
"""Run a program and take its output, by everything that this interpreter has.

capture.py PROGRAM ROUNDS

Prints the nanoseconds of each round, for one program, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List

import forkexec

RUNS_IN_A_ROUND = 5


def libraries(program: str) -> Dict[str, Callable[[], Any]]:
    """The third-party ones that are installed here."""
    found: Dict[str, Callable[[], Any]] = {}
    try:
        import sh

        found["sh"] = sh.Command(program)
    except ImportError:
        pass
    try:
        from plumbum import local

        found["plumbum"] = local[program].run
    except ImportError:
        pass
    try:
        import trio
    except ImportError:
        return found

    async def many() -> None:
        for _ in range(RUNS_IN_A_ROUND):
            await trio.run_process([program], capture_stdout=True, capture_stderr=True)

    found["trio.run_process"] = lambda: trio.run(many)
    return found


async def communicate(program: str) -> None:
    child = await asyncio.create_subprocess_exec(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    await child.communicate()


async def run_here(program: str) -> None:
    await forkexec.aio.run([program], capture_output=True)


def in_loop(start: Callable[[str], Any], program: str) -> Callable[[], Any]:
    async def many() -> None:
        for _ in range(RUNS_IN_A_ROUND):
            await start(program)

    return lambda: asyncio.run(many())


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    ways: Dict[str, Callable[[], Any]] = {
        "stock": lambda: subprocess.run([program], capture_output=True),
        "forkexec": lambda: forkexec.run([program], capture_output=True),
        **libraries(program),
        "asyncio": in_loop(communicate, program),
        "forkexec.aio": in_loop(run_here, program),
    }
    loops = {"asyncio", "forkexec.aio", "trio.run_process"}
    times: Dict[str, List[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name in random.sample(list(ways), len(ways)):
            runs = 1 if name in loops else RUNS_IN_A_ROUND
            begin = time.perf_counter_ns()
            for _ in range(runs):
                ways[name]()
            spent = (time.perf_counter_ns() - begin) / RUNS_IN_A_ROUND
            if number > 0:
                times[name].append(spent)
    print(json.dumps(times))


main()
