# SPDX-License-Identifier: MIT
"""Let drivers take turns, round by round."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.driver import Driver, Way
from bench.load import Load
from bench.settings import Settings

WARM_UP_SECONDS = 0.15
"""Of each driver, so that what compiles while it runs has compiled."""
LEAST_WARM_UPS = 3
SECONDS_A_WAY = 0.04
"""In a round, on the average: what is slower has fewer runs, or sits out rounds."""


@dataclass(frozen=True)
class Point:
    """One of those of an axis."""

    label: str
    load: Load
    program: str
    place: float = 0
    threads: int = 0
    """How many start programs at once; 0: one does, and each run is timed."""
    early: str | None = None
    """The program to start before the load is taken up."""
    aside: bool = False
    """Shown for this library's own driver only, and not judged."""


class Entrant:
    """A driver at a point, with those of its ways that take part."""

    def __init__(self, driver: Driver, point: Point, ways: list[Way]) -> None:
        self.driver, self.point, self.ways = driver, point, ways
        self.samples: dict[int, list[list[float]]] = {way.number: [] for way in ways}
        self._runs, self._every = 1, 1

    def warm_up(self, most_runs: int) -> None:
        """And find out how many runs fit into a round."""
        turn, room = statistics.median(self._first_turns()), SECONDS_A_WAY * len(self.ways)
        if self.point.threads:
            self._runs = max(1, int(room / turn))
        else:
            # Each turn begins with a run that is not counted.
            self._runs = max(1, min(most_runs, int(2 * room / turn)))
        self._every = math.ceil(turn / (2 * room))

    def _first_turns(self) -> list[float]:
        """The seconds of each."""
        seconds: list[float] = []
        while len(seconds) < LEAST_WARM_UPS or sum(seconds) < WARM_UP_SECONDS:
            begin = time.monotonic()
            self._run_all(1)
            seconds.append(time.monotonic() - begin)
        return seconds

    def take_turn(self, number: int) -> None:
        if number % self._every:
            for rounds in self.samples.values():
                rounds.append([])
            return
        for way, figures in self._run_all(self._runs):
            self.samples[way.number].append(figures)

    def _run_all(self, runs: int) -> Iterable[tuple[Way, list[float]]]:
        program, threads = self.point.program, self.point.threads
        if not threads:
            answers = self.driver.time(program, runs, self.ways)
            return [(way, list(figures)) for way, figures in zip(self.ways, answers)]
        ways = random.sample(self.ways, len(self.ways))
        return [(way, [self.driver.rate(program, runs, threads, way)]) for way in ways]


def run_rounds(
    entrants: list[Entrant], settings: Settings, advance: Callable[[float], None]
) -> None:
    """In an order drawn anew for each round."""
    for entrant in entrants:
        entrant.warm_up(settings.runs)
    for number in range(settings.rounds):
        for entrant in random.sample(entrants, len(entrants)):
            entrant.take_turn(number)
        advance(1 / settings.rounds)
