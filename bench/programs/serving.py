# SPDX-License-Identifier: MIT
"""What drivers in Python share (bench/driver.c says what is spoken). For CPython 3.8 and newer."""

import random
import sys
import time
from typing import Callable, Dict, List, NamedTuple

Start = Callable[[str], int]
"""Starts a program, waits for it, and returns its status."""


class Way(NamedTuple):
    start: Start
    prepare: Callable[[], None] = lambda: None
    """Before each run, untimed."""
    apart: bool = False
    """It leaves traces in its process, and is given one of its own."""


def run_once(way: Way, program: str) -> int:
    way.prepare()
    begin = time.perf_counter_ns()
    status = way.start(program)
    end = time.perf_counter_ns()
    if status != 0:
        raise SystemExit(f"{program} ended with status {status}")
    return end - begin


def timed(ways: Dict[str, Way], program: str, runs: int, chosen: List[str]) -> List[int]:
    """One engine after the other in an order drawn anew, as in the driver in C."""
    samples = {name: [] for name in chosen}  # type: Dict[str, List[int]]
    for name in chosen:
        run_once(ways[name], program)
    order = list(chosen)
    for _ in range(runs):
        random.shuffle(order)
        for name in order:
            samples[name].append(run_once(ways[name], program))
    return [sample for name in chosen for sample in samples[name]]


def serve(version: str, ways: Dict[str, Way]) -> None:
    names = list(ways)
    print(f"version\t{version}")
    for name, way in ways.items():
        print(f"way\t{name}\t\t{'apart' if way.apart else 'shared'}")
    print("ready", flush=True)
    for line in sys.stdin:
        verb, program, runs, *numbers = line.rstrip("\n").split("\t")
        if verb != "time":
            raise SystemExit(f"no such request: {verb}")
        chosen = [names[int(number)] for number in numbers]
        print(*timed(ways, program, int(runs), chosen), flush=True)
