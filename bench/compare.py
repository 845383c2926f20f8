# SPDX-License-Identifier: MIT
"""A whole axis: a sweep, its table, and what has to hold."""

from __future__ import annotations

from collections.abc import Sequence

from bench.catalogue import catalogue
from bench.figures import Verdict, ratio
from bench.outcome import Measured, Outcome, Progress, Table
from bench.settings import Settings
from bench.sweep import FLOOR, OURS, Run, Sweep

OWN_PREFIX = "fx_"
JUDGED_LANGUAGES = ("C", "Rust", "Go", "Java")
LIMIT_OF_GROWTH = 1.10


def count_steps(sweep: Sweep, settings: Settings) -> int:
    return len(sweep.select(catalogue(settings.interpreters), settings))


def with_variant(name: str, variant: str) -> str:
    return f"{name}, {variant}" if variant else name


def rows_of(measured: list[Measured]) -> list[list[str]]:
    points = {each.point: number for number, each in reversed(list(enumerate(measured)))}
    ordered = sorted(
        measured, key=lambda each: (points[each.point], each.variant, each.time.median)
    )
    return [
        [
            each.point,
            with_variant(each.name, each.variant),
            each.time.show(1),
            each.to_floor.show(3) if each.to_floor else "",
            each.ours_to_it.show(3) if each.ours_to_it and is_rival(each) else "",
        ]
        for each in ordered
    ]


def is_rival(measured: Measured) -> bool:
    return measured.name != FLOOR and not measured.name.startswith(OWN_PREFIX)


def faster_than_rivals(axis: str, measured: list[Measured]) -> list[Verdict]:
    """Of every rival, the point where it comes nearest."""
    nearest: dict[tuple[str, str], tuple[float, str]] = {}
    for each in measured:
        if not is_rival(each) or each.language not in JUDGED_LANGUAGES:
            continue
        if each.aside or not each.ours_to_it:
            continue
        found = (each.ours_to_it.median, each.point)
        key = (each.name, each.variant)
        nearest[key] = max(nearest.get(key, found), found)
    return [
        Verdict(f"{axis}: {with_variant(OURS, variant)}, to {name}, nearest at {point}", figure, 1)
        for (name, variant), (figure, point) in nearest.items()
    ]


def growth(axis: str, measured: Sequence[Measured]) -> list[Verdict]:
    """fx_spawn at its worst point, to itself at its best: both ran in the same rounds."""
    verdicts = []
    ours = [each for each in measured if each.name == OURS and not each.aside]
    for variant in dict.fromkeys(each.variant for each in ours):
        points = [each for each in ours if each.variant == variant]
        best = min(points, key=lambda each: each.time.median)
        worst = max(points, key=lambda each: each.time.median)
        found = ratio(worst.rounds, best.rounds)
        if found and worst != best:
            name = with_variant(OURS, variant)
            what = f"{axis}: {name}, at {worst.point}, to its best, at {best.point}"
            verdicts.append(Verdict(what, found.median, LIMIT_OF_GROWTH))
    return verdicts


def measure_axis(
    name: str, title: str, sweep: Sweep, settings: Settings, progress: Progress, grows: bool = True
) -> Outcome:
    """`grows`: whether fx_spawn may not cost more at one point than at another."""
    spine, *others = sweep.select(catalogue(settings.interpreters), settings)
    with Run(sweep, spine, settings) as run:
        progress.start(f"{name}: C")
        run.measure_spine(progress)
        for rivals in others:
            progress.start(f"{name}: {rivals.ways[0].name}")
            run.measure_rivals(rivals, progress)
    columns = ["", "way", "us: median (quartiles)", "to the floor", "fx_spawn to it"]
    verdicts = growth(name, run.measured) if grows else []
    verdicts += faster_than_rivals(name, run.measured)
    table = Table(title, columns, rows_of(run.measured))
    return Outcome(table, verdicts, run.measured, left_out=run.left_out)
