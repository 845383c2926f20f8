# SPDX-License-Identifier: MIT
"""The generated parts of doc/performance.md: tables and verdicts, between markers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.compare import with_variant
from bench.figures import Verdict
from bench.outcome import Measured, Outcome, Table
from tools.build import ROOT

DOCUMENT = ROOT / "doc" / "performance.md"


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def cell(measured: Measured | None) -> str:
    if measured is None:
        return ""
    time = f"{measured.time.median:,.0f} us"
    return f"{time}: {measured.to_floor.show(2)}" if measured.to_floor else time


def by_way(measured: Sequence[Measured]) -> str:
    """A row for each way, a column for each point: the time, and its ratio to the floor."""
    points = list(dict.fromkeys(each.point for each in measured))
    found: dict[str, dict[str, Measured]] = {}
    for each in measured:
        found.setdefault(with_variant(each.name, each.variant), {})[each.point] = each
    last = points[-1]

    def key(name: str) -> tuple[str, float]:
        at = found[name].get(last) or next(iter(found[name].values()))
        return at.variant, at.time.median

    rows = [
        [name, *(cell(found[name].get(point)) for point in points)]
        for name in sorted(found, key=key)
    ]
    return markdown(["way", *points], rows)


def as_it_is(table: Table) -> str:
    return markdown(table.columns, table.rows)


def judged(verdicts: Sequence[Verdict]) -> str:
    """Those that do not hold come first."""
    ordered = sorted(verdicts, key=lambda verdict: verdict.holds)
    return "\n".join(["```", *map(str, ordered), "```"])


def block(outcome: Outcome) -> str:
    table = by_way(outcome.measured) if outcome.measured else as_it_is(outcome.table)
    parts = [table]
    if outcome.left_out:
        parts.append(f"Left out, for want of memory: {', '.join(outcome.left_out)}.")
    if outcome.verdicts:
        parts.append(judged(outcome.verdicts))
    return "\n\n".join(parts)


def replace_block(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise SystemExit(f"bench: {DOCUMENT.name} lacks the markers {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def write_document(
    outcomes: Mapping[str, Outcome], machine: Mapping[str, str], document: Path = DOCUMENT
) -> None:
    text = document.read_text(encoding="utf-8")
    rows = [[name, value] for name, value in machine.items()]
    text = replace_block(text, "machine", markdown(["", ""], rows))
    for name, outcome in outcomes.items():
        text = replace_block(text, name, block(outcome))
    document.write_text(text, encoding="utf-8")
