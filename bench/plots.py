# SPDX-License-Identifier: MIT
"""The plots: one for each axis, as PNG and SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.outcome import Measured, Outcome
from bench.sweep import FLOOR, OURS

mpl.use("agg")
COLOURS = {
    "C": "#5b6c7d",
    "Rust": "#b5651d",
    "Go": "#1b98b3",
    "Java": "#8a5aa8",
    "Python": "#5f8f3e",
}
OUR_COLOUR = "#d1002f"
FLOOR_COLOUR = "#000000"
NEAR = 2.0
"""Above that, a line is drawn in the other half, on a logarithmic scale."""
LINES_APART = 0.045
"""Of the height: labels closer than that would overlap."""

Series = dict[str, list[Measured]]


def series_of(measured: Sequence[Measured]) -> Series:
    """The plain variant of each way, along the axis."""
    found: Series = {}
    for each in measured:
        if each.variant == "" and each.to_floor is not None and not each.aside:
            found.setdefault(each.name, []).append(each)
    return {name: sorted(line, key=lambda each: each.place) for name, line in found.items()}


def is_ours(name: str) -> bool:
    return name.startswith("fx_") or name.endswith("forkexec")


def colour_of(measured: Measured) -> str:
    if measured.name == FLOOR:
        return FLOOR_COLOUR
    return OUR_COLOUR if is_ours(measured.name) else COLOURS[measured.language]


def spread(places: Sequence[float], least: float) -> list[float]:
    """Move labels apart, keeping their order: upwards, then down again from the top."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for lower, upper in zip(order, order[1:]):
        moved[upper] = max(moved[upper], moved[lower] + least)
    ceiling = 1.0
    for number in reversed(order):
        moved[number] = min(moved[number], ceiling)
        ceiling = moved[number] - least
    return moved


def ratio_of(measured: Measured) -> float:
    assert measured.to_floor is not None
    return measured.to_floor.median


def draw_lines(axes: Axes, series: Series, labelled: Callable[[float], bool]) -> None:
    """With the name and the last figure of each at the right."""
    for name, line in series.items():
        emphasis = name == OURS
        axes.plot(
            [each.place for each in line],
            [ratio_of(each) for each in line],
            color=colour_of(line[0]),
            linewidth=2.8 if emphasis else 1.4,
            linestyle="--" if name == FLOOR else "-",
            marker="o",
            markersize=5 if emphasis else 3,
            zorder=5 if emphasis else 3,
        )
    ends = [line[-1] for line in series.values() if labelled(ratio_of(line[-1]))]
    to_axes = axes.transData + axes.transAxes.inverted()
    heights = [float(to_axes.transform((end.place, ratio_of(end)))[1]) for end in ends]
    for end, height in zip(ends, spread(heights, LINES_APART)):
        digits = 2 if ratio_of(end) < 10 else 0
        axes.annotate(
            f"{end.name}  {ratio_of(end):.{digits}f}",
            xy=(1.02, height),
            xycoords="axes fraction",
            color=colour_of(end),
            fontweight="bold" if end.name == OURS else "normal",
            fontsize=8,
            va="center",
        )


def label_points(axes: Axes, series: Series) -> None:
    line = max(series.values(), key=len)
    axes.set_xscale("log")
    axes.set_xticks([each.place for each in line], [each.point for each in line], fontsize=8)
    axes.minorticks_off()


def plot_sweep(figure: Figure, title: str, measured: Sequence[Measured]) -> None:
    """Near the floor on the left, on a linear scale; what is far from it on the right."""
    series = series_of(measured)
    near, far = figure.subplots(1, 2, gridspec_kw={"wspace": 0.72})
    figure.subplots_adjust(left=0.06, right=0.81, top=0.86, bottom=0.1)
    ratios = [ratio_of(each) for line in series.values() for each in line]
    near.set_ylim(min(0.9, 0.95 * min(ratios)), NEAR)
    far.set_yscale("log")
    far.set_ylim(0.8 * min(1.0, *ratios), 1.3 * max(NEAR, *ratios))
    far.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    for axes in (near, far):
        label_points(axes, series)
    draw_lines(near, series, lambda ratio: ratio <= NEAR)
    draw_lines(far, series, lambda ratio: ratio > NEAR)
    near.set_ylabel("time, divided by the floor's")
    near.set_title("near the floor", fontsize=9, loc="left", color="#555555")
    far.set_title("all, logarithmic", fontsize=9, loc="left", color="#555555")
    figure.suptitle(title, x=0.06, ha="left", fontsize=11, fontweight="bold")


def plot_dots(figure: Figure, title: str, measured: Sequence[Measured]) -> None:
    """A row for each way, with its quartiles; a panel for each point."""
    points = list(dict.fromkeys(each.point for each in measured))
    panels = figure.subplots(1, len(points), sharey=True, squeeze=False)[0]
    figure.subplots_adjust(left=0.23, right=0.97, top=0.88, bottom=0.1, wspace=0.08)
    by_point = [
        {each.name: each for each in measured if each.point == point and each.variant == ""}
        for point in points
    ]
    names = sorted(by_point[0], key=lambda name: -by_point[0][name].time.median)
    for axes, point, found in zip(panels, points, by_point):
        draw_dots(axes, [found[name] for name in names if name in found])
        axes.set_title(point, fontsize=9, loc="left", color="#555555")
        axes.set_xlabel("microseconds")
    panels[0].set_yticks(range(len(names)), names)
    for label, name in zip(panels[0].get_yticklabels(), names):
        label.set_color(colour_of(by_point[0][name]))
        label.set_fontweight("bold" if is_ours(name) else "normal")
    figure.suptitle(title, x=0.02, ha="left", fontsize=11, fontweight="bold")


def draw_dots(axes: Axes, ordered: Sequence[Measured]) -> None:
    axes.set_xscale("log")
    times = [each.time.median for each in ordered]
    farthest = max(each.time.third for each in ordered)
    axes.set_xlim(0.8 * min(times), 1.9 * farthest)
    ticks = [
        base * 10**power
        for power in range(int(math.log10(min(times))), int(math.log10(farthest)) + 2)
        for base in (1, 2, 5)
    ]
    low, high = axes.get_xlim()
    kept = [tick for tick in ticks if low <= tick <= high]
    axes.set_xticks(kept, [f"{tick:,}" for tick in kept])
    axes.minorticks_off()
    for row, each in enumerate(ordered):
        colour = colour_of(each)
        axes.plot([each.time.first, each.time.third], [row, row], color=colour, linewidth=2)
        axes.plot(each.time.median, row, "o", color=colour, markersize=6)
        axes.annotate(
            f"{each.time.median:.0f}",
            xy=(max(each.time.median, each.time.third), row),
            xytext=(7, 0),
            textcoords="offset points",
            color=colour,
            fontsize=8,
            va="center",
        )


def styled() -> AbstractContextManager[None]:
    return mpl.rc_context(
        {
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e4e4e4",
            "svg.hashsalt": "forkexec",
        }
    )


def draw(outcomes: Mapping[str, Outcome], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, outcome in outcomes.items():
        if not outcome.measured:
            continue
        is_sweep = len({each.place for each in outcome.measured}) > 1 and name != "rate"
        with styled():
            names = {each.name for each in outcome.measured}
            height = 4.6 if is_sweep else 1.4 + 0.24 * len(names)
            figure = Figure(figsize=(10, height), dpi=120)
            (plot_sweep if is_sweep else plot_dots)(figure, outcome.table.title, outcome.measured)
            figure.savefig(folder / f"{name}.png")
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
