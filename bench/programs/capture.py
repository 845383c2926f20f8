# SPDX-License-Identifier: MIT
"""Run a program and take its output, by everything that this interpreter has.

capture.py PROGRAM ROUNDS LIBRARY

LIBRARY has the raw calls. Prints the nanoseconds of each round, for one program, as JSON: by
condition ("quiet", "a thread at work"), and by way.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List

import forkexec

RUNS_IN_A_ROUND = 5
LOOPS = {"asyncio", "forkexec.aio", "trio.run_process"}
"""Those that run all of a round in one loop."""


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


def raw_calls(library: str, program: str) -> Callable[[], Any]:
    captured = ctypes.CDLL(library).captured
    path = os.fsencode(program)
    return lambda: captured(path)


@contextmanager
def a_thread_at_work() -> Iterator[None]:
    """It gives back the interpreter's lock when it is made to, and not before."""
    over = False

    def work() -> None:
        while not over:
            pass

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over = True
        thread.join()


def measure(ways: Dict[str, Callable[[], Any]], rounds: int) -> Dict[str, List[float]]:
    times: Dict[str, List[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name in random.sample(list(ways), len(ways)):
            runs = 1 if name in LOOPS else RUNS_IN_A_ROUND
            begin = time.perf_counter_ns()
            for _ in range(runs):
                ways[name]()
            spent = (time.perf_counter_ns() - begin) / RUNS_IN_A_ROUND
            if number > 0:
                times[name].append(spent)
    return times


def main() -> None:
    program, rounds, library = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    both: Dict[str, Callable[[], Any]] = {
        "stock": lambda: subprocess.run([program], capture_output=True),
        "forkexec": lambda: forkexec.run([program], capture_output=True),
    }
    ways = {
        **both,
        "raw calls": raw_calls(library, program),
        **libraries(program),
        "asyncio": in_loop(communicate, program),
        "forkexec.aio": in_loop(run_here, program),
    }
    quiet = measure(ways, rounds)
    with a_thread_at_work():
        busy = measure(both, max(rounds // 10, 2))
    print(json.dumps({"quiet": quiet, "a thread at work": busy}))


main()
