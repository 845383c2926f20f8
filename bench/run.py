# SPDX-License-Identifier: MIT
"""Measure what starting a program costs, beside others who do it.

    python -m bench.run [--quick] [--axis NAME ...] [--rival NAME ...] [--rounds N] [--document]

Shows a table for each axis (bench/axes) and whether what must hold does, and writes all of it to
build/bench/results.json, and plots to build/bench/plots. --document writes what doc/performance.md
shows too.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from dataclasses import asdict
from typing import Any, cast

import bench.axes
from bench.build import build_programs, lay_out_package
from bench.catalogue import catalogue
from bench.document import write_document
from bench.driver import DriverFailed
from bench.machine import describe
from bench.outcome import Axis, Outcome
from bench.plots import draw
from bench.settings import BUILD, Settings
from bench.show import Progress, show_table, show_verdicts
from tests.conformance.interpreters import Interpreter, find
from tools.build import ROOT

RESULTS = BUILD / "results.json"
PLOTS = BUILD / "plots"
PLOTS_OF_DOCUMENT = ROOT / "doc" / "plots"
ROUNDS, QUICK_ROUNDS = 40, 6


def find_axes() -> dict[str, Axis]:
    names = [module.name for module in pkgutil.iter_modules(bench.axes.__path__)]
    axes = {name: cast(Axis, importlib.import_module(f"bench.axes.{name}")) for name in names}
    return dict(sorted(axes.items(), key=lambda item: item[1].ORDER))


def parse(axes: dict[str, Axis]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a first look: few rounds, the ends")
    parser.add_argument(
        "--rounds", type=int, help=f"of each rival ({ROUNDS}; quick {QUICK_ROUNDS})"
    )
    parser.add_argument("--axis", action="append", choices=axes, help="only these axes")
    parser.add_argument("--rival", action="append", help="only those with this in their name")
    parser.add_argument(
        "--document", action="store_true", help="write doc/performance.md's figures"
    )
    return parser.parse_args()


def choose_interpreters(quick: bool) -> list[Interpreter]:
    """A free-threaded CPython loads no abi3 module."""
    found = [each for each in find() if not each.free_threaded]
    return [found[0], found[-1]] if quick and len(found) > 2 else found


def results_of(outcome: Outcome) -> dict[str, Any]:
    return {
        "title": outcome.table.title,
        "columns": outcome.table.columns,
        "rows": outcome.table.rows,
        "measured": [asdict(each) for each in outcome.measured],
        "left out": outcome.left_out,
        "facts": outcome.facts,
        "verdicts": [{**asdict(each), "holds": each.holds} for each in outcome.verdicts],
    }


def main() -> int:
    axes = find_axes()
    options = parse(axes)
    build_programs()
    lay_out_package()
    settings = Settings(
        rounds=options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS),
        interpreters=choose_interpreters(options.quick),
        quick=options.quick,
        rivals=options.rival or [],
    )
    chosen = {name: axis for name, axis in axes.items() if name in (options.axis or axes)}
    progress = Progress(sum(axis.steps(settings) for axis in chosen.values()))
    machine = {
        **describe(catalogue(settings.interpreters)),
        "rounds": str(settings.rounds),
        "starts in a round": f"at most {settings.runs}",
    }
    outcomes: dict[str, Outcome] = {}
    try:
        for name, axis in chosen.items():
            outcomes[name] = axis.measure(settings, progress)
    except DriverFailed as failure:
        raise SystemExit(f"bench: {failure}") from None
    finally:
        progress.end()
    for outcome in outcomes.values():
        show_table(outcome.table)
    for name, value in machine.items():
        print(f"{name}: {value}")
    for name, outcome in outcomes.items():
        if outcome.left_out:
            print(f"left out of {name}, for want of memory: {', '.join(outcome.left_out)}")
    print()
    show_verdicts(verdict for outcome in outcomes.values() for verdict in outcome.verdicts)
    everything = {
        "machine": machine,
        "versions": {
            way.name: rivals.version
            for rivals in catalogue(settings.interpreters)
            for way in rivals.ways
        },
        "axes": {name: results_of(outcome) for name, outcome in outcomes.items()},
    }
    RESULTS.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    draw(outcomes, PLOTS)
    if options.document:
        write_document(outcomes, machine)
        draw(outcomes, PLOTS_OF_DOCUMENT)
    print(f"\nall of it: {os.path.relpath(RESULTS)}, {os.path.relpath(PLOTS)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
