# SPDX-License-Identifier: MIT
"""Measure every rival at every point of an axis, beside the floor and this library.

The driver with the floor and fx_spawn lives at all points at once, so that the points can be
compared with each other. The rivals come one after the other, each at all points, or at as many
as there is memory for; in every round the floor and fx_spawn run beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.driver import Driver, Program, Way
from bench.figures import medians, microseconds, ratio
from bench.outcome import Measured, Progress
from bench.rounds import Entrant, Point, run_rounds
from bench.settings import Settings

FLOOR = "bare vfork"
OURS = "fx_spawn"
PART_OF_MEMORY = 0.85
"""Of what is available: others live on this machine too."""
MOST_MEGABYTES = 18 << 10


@dataclass(frozen=True)
class Rivals:
    """A driver's ways that share a process."""

    program: Program
    ways: list[Way]
    version: str


@dataclass
class Sweep:
    points: list[Point]
    variants: list[str] = field(default_factory=lambda: [""])
    languages: list[str] = field(default_factory=lambda: ["C", "Rust", "Go", "Java"])
    """Of the rivals."""

    def select(self, everyone: Sequence[Rivals], settings: Settings) -> list[Rivals]:
        """Those that take part, with those of their ways that do; the spine, which is the first,
        always."""
        spine, *others = everyone
        selected = [Rivals(spine.program, self._choose(spine, settings), spine.version)]
        for rivals in others:
            ways = self._choose(rivals, settings)
            if ways:
                selected.append(Rivals(rivals.program, ways, rivals.version))
        return selected

    def _choose(self, rivals: Rivals, settings: Settings) -> list[Way]:
        language = rivals.program.language
        return [
            way
            for way in rivals.ways
            if way.variant in self.variants
            and (
                way.name in (FLOOR, OURS)
                or (language in self.languages and settings.wants(way.name))
            )
        ]


def megabytes_to_use() -> int:
    with open("/proc/meminfo", encoding="ascii") as file:
        available = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
    return min(MOST_MEGABYTES, int(available / 1024 * PART_OF_MEMORY))


def affordable(points: Iterable[Point], budget: int) -> list[Point]:
    """Without those that this machine has no memory for: its own and a rival's are needed."""
    kept: list[Point] = []
    for point in points:
        if sum(each.load.memory for each in kept) + 2 * point.load.memory <= budget:
            kept.append(point)
    return kept


def portions(points: Sequence[Point], budget: int) -> Iterator[list[Point]]:
    """As many at a time as there is memory for."""
    portion: list[Point] = []
    for point in points:
        if portion and sum(each.load.memory for each in [*portion, point]) > budget:
            yield portion
            portion = []
        portion.append(point)
    yield portion


class Run:
    """A sweep being made."""

    def __init__(self, sweep: Sweep, spine: Rivals, settings: Settings) -> None:
        self.sweep, self.spine, self.settings = sweep, spine, settings
        self.budget = megabytes_to_use()
        self.points = affordable(sweep.points, self.budget)
        self.measured: list[Measured] = []
        self._drivers: dict[str, Driver] = {}

    @property
    def left_out(self) -> list[str]:
        return [point.label for point in self.sweep.points if point not in self.points]

    @property
    def shared_points(self) -> list[Point]:
        return [point for point in self.points if not point.aside]

    def __enter__(self) -> Run:
        try:
            for point in self.points:
                self._drivers[point.label] = Driver(self.spine.program, point.load, point.early)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for driver in self._drivers.values():
            driver.stop()

    def measure_spine(self, progress: Progress) -> None:
        entrants = [self._enter(point, self.spine.ways) for point in self.points]
        run_rounds(entrants, self.settings, progress.advance)
        for entrant in entrants:
            self._record(entrant, entrant, self.spine.program.language)

    def measure_rivals(self, rivals: Rivals, progress: Progress) -> None:
        taken = sum(point.load.memory for point in self.points)
        for portion in portions(self.shared_points, self.budget - taken):
            drivers: list[Driver] = []
            try:
                for point in portion:
                    drivers.append(Driver(rivals.program, point.load))
                self._measure(rivals, list(zip(portion, drivers)), progress)
            finally:
                for driver in drivers:
                    driver.stop()

    def _measure(
        self, rivals: Rivals, drivers: Sequence[tuple[Point, Driver]], progress: Progress
    ) -> None:
        variants = {way.variant for way in rivals.ways}
        beside = [
            way
            for way in self.spine.ways
            if way.name == FLOOR or (way.name == OURS and way.variant in variants)
        ]
        pairs = [
            (self._enter(point, beside), Entrant(driver, point, rivals.ways))
            for point, driver in drivers
        ]
        everyone = [entrant for pair in pairs for entrant in pair]
        part = len(drivers) / len(self.shared_points)
        run_rounds(everyone, self.settings, lambda done: progress.advance(done * part))
        for spine, entrant in pairs:
            self._record(entrant, spine, rivals.program.language)

    def _enter(self, point: Point, ways: list[Way]) -> Entrant:
        return Entrant(self._drivers[point.label], point, ways)

    def _record(self, entrant: Entrant, spine: Entrant, language: str) -> None:
        beside = {(way.name, way.variant): medians(spine.samples[way.number]) for way in spine.ways}
        for way in entrant.ways:
            samples = entrant.samples[way.number]
            rounds = medians(samples)
            self.measured.append(
                Measured(
                    name=way.name,
                    variant=way.variant,
                    language=language,
                    point=entrant.point.label,
                    place=entrant.point.place,
                    count=sum(map(len, samples)),
                    time=microseconds(samples),
                    rounds=list(rounds),
                    to_floor=ratio(rounds, beside.get((FLOOR, ""), [])),
                    ours_to_it=ratio(beside.get((OURS, way.variant), []), rounds),
                    aside=entrant.point.aside,
                )
            )
