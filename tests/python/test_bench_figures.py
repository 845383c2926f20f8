# SPDX-License-Identifier: MIT
"""The benchmark's arithmetic, and what it makes of figures that are known."""

from __future__ import annotations

from typing import Optional

import pytest

from bench.compare import faster_than_rivals, growth
from bench.document import replace_block
from bench.figures import Quartiles, Verdict, medians, microseconds, ratio
from bench.load import Load
from bench.outcome import Measured
from bench.rounds import Point
from bench.sweep import affordable, portions


def test_a_disturbance_of_a_whole_round_cancels_out() -> None:
    ours = medians([[100, 110, 120], [1000, 1100, 1200], [100, 110, 120]])
    theirs = medians([[200, 220, 240], [2000, 2200, 2400], [200, 220, 240]])
    found = ratio(ours, theirs)
    assert found is not None
    assert (found.first, found.median, found.third) == pytest.approx((0.5, 0.5, 0.5))


def test_rounds_that_were_sat_out_are_left_out() -> None:
    found = ratio(medians([[100], [], [300]]), medians([[100], [1], [100]]))
    assert found is not None
    assert found.median == pytest.approx(2)
    assert ratio(medians([[], []]), medians([[1], [1]])) is None


def test_quartiles_of_nanoseconds_are_microseconds() -> None:
    assert microseconds([[1000, 2000], [3000]]).median == pytest.approx(2)
    assert microseconds([[5000]]) == Quartiles(5, 5, 5)


@pytest.mark.parametrize(
    ("figure", "limit", "at_least", "holds"),
    [
        (1.05, 1.05, False, True),
        (1.06, 1.05, False, False),
        (1.2, 1.2, True, True),
        (1, 3, True, False),
    ],
)
def test_verdict(figure: float, limit: float, at_least: bool, holds: bool) -> None:
    verdict = Verdict("something", figure, limit, at_least)
    assert verdict.holds == holds
    assert str(verdict).startswith("holds: " if holds else "DOES NOT HOLD: ")


def measured(
    name: str,
    point: str,
    time: float,
    ours: Optional[float] = None,
    language: str = "C",
    aside: bool = False,
) -> Measured:
    def same(figure: float) -> Quartiles:
        return Quartiles(figure, figure, figure)

    return Measured(
        name=name,
        variant="",
        language=language,
        point=point,
        place=0,
        count=1,
        time=same(time),
        rounds=[time],
        to_floor=None,
        ours_to_it=None if ours is None else same(ours),
        aside=aside,
    )


def test_a_rival_is_judged_where_it_comes_nearest() -> None:
    verdicts = faster_than_rivals(
        "axis",
        [
            measured("fx_spawn", "small", 1, ours=1),
            measured("bare vfork", "small", 1, ours=1.1),
            measured("rival", "small", 1, ours=0.7),
            measured("rival", "large", 1, ours=1.2),
            measured("rival", "beyond", 1, ours=1.9, aside=True),
            measured("snake", "small", 1, ours=1.5, language="Python"),
        ],
    )
    assert [(each.figure, each.holds) for each in verdicts] == [(1.2, False)]
    assert "large" in verdicts[0].what


def test_growth_is_from_the_best_point_to_the_worst() -> None:
    points = [("small", 110.0), ("middle", 100.0), ("large", 150.0), ("huge", 900.0)]
    verdicts = growth(
        "axis",
        [measured("fx_spawn", name, time, aside=name == "huge") for name, time in points],
    )
    assert [each.figure for each in verdicts] == [pytest.approx(1.5)]
    assert not verdicts[0].holds


def points_of(*megabytes: int) -> list[Point]:
    return [Point(f"{size} MB", Load(memory=size), "program") for size in megabytes]


def test_memory_is_kept_for_two_processes_at_the_largest_point() -> None:
    kept = affordable(points_of(10, 1000, 8000), budget=17100)
    assert [point.load.memory for point in kept] == [10, 1000, 8000]
    assert [[point.load.memory for point in each] for each in portions(kept, 8090)] == [
        [10, 1000],
        [8000],
    ]


def test_a_point_without_memory_is_left_out() -> None:
    assert [point.label for point in affordable(points_of(10, 8000), budget=9000)] == ["10 MB"]


def test_a_block_of_the_document_is_replaced_and_nothing_else() -> None:
    text = "before\n<!-- begin a -->\nold\n<!-- end a -->\nafter"
    assert replace_block(text, "a", r"new \1") == (
        "before\n<!-- begin a -->\nnew \\1\n<!-- end a -->\nafter"
    )
    with pytest.raises(SystemExit, match="markers"):
        replace_block(text, "b", "new")
