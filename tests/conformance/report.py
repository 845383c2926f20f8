# SPDX-License-Identifier: MIT
"""The tables: for the terminal, for doc/conformance.md, and everything as JSON."""

from __future__ import annotations

import dataclasses
import json
import platform
from typing import Any, Dict, List, Sequence, Tuple

from .comparison import Judgement
from .execution import PASSED, SKIPPED, Run
from .prefixes import Variant
from .preparation import Cell
from .suites import REPAIRS


def _counts(run: Run) -> str:
    text = f"{run.total} / {run.count(PASSED)} / {run.count(SKIPPED)}"
    return text + (f" / {run.bad}" if run.bad else "")


def _verdict(cell: Cell) -> str:
    if cell.not_judged:
        return "not judged"
    if cell.problems:
        return "PROBLEM"
    regressions = len(cell.judged(Judgement.REGRESSION))
    if regressions:
        return f"{regressions} REGRESSION{'S' if regressions > 1 else ''}"
    others = [
        f"{len(cell.judged(judgement))} {judgement.value}"
        for judgement in (Judgement.DEVIATION, Judgement.UNSTEADY)
        if cell.judged(judgement)
    ]
    return ", ".join(["same"] + others)


def text_table(cells: Sequence[Cell]) -> str:
    """One line a cell."""
    head = ("CPython", "suite", "stock: run/passed/skipped/failed", "ours", "")
    rows: List[Tuple[str, ...]] = [head]
    for cell in cells:
        variant = "" if cell.variant is Variant.DEFAULT else f" {cell.variant.value}"
        stock = "-" if cell.not_judged else _counts(cell.stock)
        ours = "-" if cell.not_judged else _counts(cell.ours)
        rows.append(
            (cell.interpreter.label + variant, cell.suite.name, stock, ours, _verdict(cell))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(field.ljust(width) for field, width in zip(row, widths)).rstrip() for row in rows
    ]
    return "\n".join(lines + [""] + account(cells))


# A broken engine fails everything: the first names say enough.
_MOST_NAMED = 20


def account(cells: Sequence[Cell]) -> List[str]:
    """What the table only counts: by name, with how it was settled."""
    lines: List[str] = []
    for cell in cells:
        lines += [f"problem: {cell.name}: {problem}" for problem in cell.problems]
        for finding in cell.findings[:_MOST_NAMED]:
            lines.append(
                f"{finding.judgement.value}: {cell.name}: {finding.test} "
                f"({finding.ours.result}; {finding.account})"
            )
        if len(cell.findings) > _MOST_NAMED:
            lines.append(f"{cell.name}: and {len(cell.findings) - _MOST_NAMED} more")
    for reason, names in _not_judged(cells).items():
        lines.append(f"not judged: {', '.join(names)}: {reason}")
    regressions = sum(len(cell.judged(Judgement.REGRESSION)) for cell in cells)
    judged = [cell for cell in cells if not cell.not_judged]
    compared = sum(cell.stock.count(PASSED) for cell in judged)
    lines.append(
        f"{compared} tests pass on the stock engine, in {len(judged)} suites; "
        f"regressions on ours: {regressions}"
    )
    return lines


def _not_judged(cells: Sequence[Cell]) -> Dict[str, List[str]]:
    """Reason -> what it kept from being judged; one name where it is a whole interpreter."""
    reasons: Dict[str, List[str]] = {}
    for cell in cells:
        if cell.not_judged:
            whole = all(
                other.not_judged == cell.not_judged
                for other in cells
                if other.interpreter is cell.interpreter
            )
            name = (
                cell.interpreter.label if whole else f"{cell.interpreter.label} {cell.suite.name}"
            )
            names = reasons.setdefault(cell.not_judged, [])
            if name not in names:
                names.append(name)
    return reasons


_INTRODUCTION = """\
# Conformance to CPython

<!-- SPDX-License-Identifier: MIT -->
<!-- Written by `python -m tests.conformance --all --write doc/conformance.md`; not by hand. -->

CPython's own tests, run by each interpreter on a copy of its prefix as it is, and on two copies
with forkexec: one with its module in the place of `_posixsubprocess`, and one with the package
installed and enabled (`python -m forkexec --enable`), so that `install()` is in force in every
interpreter. They are compared test by test; a test that passes on the stock engine and not on ours
is a regression. In every run the engine is proved: by the hash of the file that was loaded, by a
spawn that our engine must count, by the method of `Popen` and what of the engine it calls, and by a
child started with `-I` that must have the same file and the same method.

Each field reads *run / passed / skipped*, and a fourth number where tests failed. One set of
numbers stands where stock and ours agree; else stock comes first, then ours.
"""


def markdown(cells: Sequence[Cell], version: str) -> str:
    """The document."""
    installed = [cell for cell in cells if cell.variant is Variant.INSTALLED]
    placed = [cell for cell in cells if cell.variant is not Variant.INSTALLED]
    lines = [_INTRODUCTION, _circumstances(version), ""]
    lines += _table("The module in the place of CPython's", _NO_POSIX_SPAWN, placed)
    lines += _table("The package installed and enabled", _ENABLED, installed)
    lines += _section("Regressions", _findings(cells, Judgement.REGRESSION))
    lines += _section("Problems", _problems(cells))
    lines += _section("Accepted deviations", _findings(cells, Judgement.DEVIATION))
    lines += _section("Unsteady tests", _findings(cells, Judgement.UNSTEADY))
    missing = [f"{', '.join(names)}: {why}." for why, names in _not_judged(cells).items()]
    lines += _section("Not judged", missing)
    lines += _section("Judged in part", _built_in(placed))
    lines += _section("Tests from elsewhere", _origins(cells))
    lines += _section("Tests mended", _repairs())
    lines += _section("Failing on both engines", _failing_on_stock(cells, on_ours_too=True))
    lines += _section("Failing on the stock engine only", _failing_on_stock(cells, False))
    return "\n".join(lines).rstrip() + "\n"


_NO_POSIX_SPAWN = """\
`no-posix-spawn`: with `subprocess._USE_POSIX_SPAWN = False`, so that every
process goes through the engine.
"""

_ENABLED = """\
Children started with `-S` and those of virtual environments have CPython's engine, as no
`forkexec.pth` is read there.
"""


def _table(title: str, note: str, cells: Sequence[Cell]) -> List[str]:
    """Versions across, suites down."""
    if not cells:
        return []
    columns: List[str] = []
    suites: List[str] = []
    places: Dict[Tuple[str, str], Cell] = {}
    for cell in cells:
        column = cell.interpreter.label
        if cell.variant is Variant.NO_POSIX_SPAWN:
            column += f" {cell.variant.value}"
        if column not in columns:
            columns.append(column)
        if cell.suite.name not in suites:
            suites.append(cell.suite.name)
        places[cell.suite.name, column] = cell
    lines = [f"## {title}", "", "| suite | " + " | ".join(columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for suite in suites:
        fields = [_field(places[suite, column]) for column in columns]
        lines.append(f"| {suite} | " + " | ".join(fields) + " |")
    return lines + ["", note]


def _circumstances(version: str) -> str:
    libc = " ".join(platform.libc_ver())
    return (
        f"forkexec {version}, {platform.system()} {platform.release().split('-')[0]}, "
        f"{platform.machine()}, {libc}."
    )


def _field(cell: Cell) -> str:
    if cell.not_judged:
        return "not judged"
    stock, ours = _counts(cell.stock), _counts(cell.ours)
    text = stock if stock == ours else f"{stock} → {ours}"
    verdict = _verdict(cell)
    return text if verdict == "same" else f"{text} ({verdict})"


def _section(title: str, lines: Sequence[str]) -> List[str]:
    return [f"## {title}", ""] + ([f"- {line}" for line in lines] or ["None."]) + [""]


def _problems(cells: Sequence[Cell]) -> List[str]:
    return [f"{cell.name}: {text}" for cell in cells for text in cell.problems]


def _findings(cells: Sequence[Cell], judgement: Judgement) -> List[str]:
    return [
        f"{cell.interpreter.label} `{finding.test}` ({cell.variant.value}): "
        f"{finding.ours.result}; {finding.account}."
        for cell in cells
        for finding in cell.judged(judgement)
    ]


def _origins(cells: Sequence[Cell]) -> List[str]:
    suites: Dict[Tuple[str, str], List[str]] = {}
    for cell in cells:
        if cell.origin and not cell.not_judged:
            names = suites.setdefault((cell.interpreter.label, cell.origin), [])
            if cell.suite.name not in names:
                names.append(cell.suite.name)
    return [f"{label}, {origin}: {', '.join(names)}." for (label, origin), names in suites.items()]


def _built_in(cells: Sequence[Cell]) -> List[str]:
    """Where the engine is no file that could be replaced: what that leaves out."""
    labels: List[str] = []
    for cell in cells:
        label = cell.interpreter.label
        if cell.interpreter.engine is None and label not in labels:
            labels.append(label)
    return [
        f"{label}: its `_posixsubprocess` is built in, so a `sitecustomize` seeds ours; "
        "children started with `-S` or with another prefix keep the built-in one."
        for label in labels
    ]


def _repairs() -> List[str]:
    return [f"`{repair.file}`, in every copy: {repair.reason}." for repair in REPAIRS]


def _failing_on_stock(cells: Sequence[Cell], on_ours_too: bool) -> List[str]:
    """They say nothing against our engine; named, so that nobody takes them for judged."""
    versions: Dict[str, List[str]] = {}
    for cell in cells:
        for test, outcome in cell.stock.outcomes.items():
            ours = cell.ours.outcomes.get(test)
            passes = ours is not None and ours.result == PASSED
            if outcome.bad and passes is not on_ours_too:
                label = cell.interpreter.label
                labels = versions.setdefault(test, [])
                if label not in labels:
                    labels.append(label)
    return [f"`{test}`: {', '.join(labels)}" for test, labels in sorted(versions.items())]


def as_json(cells: Sequence[Cell]) -> str:
    def plain(value: Any) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return dataclasses.asdict(value)
        return getattr(value, "value", str(value))

    return json.dumps([dataclasses.asdict(cell) for cell in cells], default=plain, indent=1)
