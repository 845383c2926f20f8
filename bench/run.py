# SPDX-License-Identifier: MIT
"""Measure what starting a program costs.

    python -m bench.run [--rounds N] [--memory MB,MB] [--axis NAME ...]

Shows a table for each axis (bench/axes) and writes all of it to build/bench/results.json.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import platform
import re
import sys
from pathlib import Path

from bench.axes import AXES
from bench.settings import BUILD, Settings, all_interpreters, build
from bench.table import Progress

RESULTS = BUILD / "results.json"
NEEDS_INTERPRETERS = set(AXES) - {"memory"}


def processor() -> str:
    match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def machine() -> dict[str, object]:
    return {
        "date": datetime.date.today().isoformat(),
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "processor": processor(),
        "processors": len(os.sched_getaffinity(0)),
        "libc": " ".join(platform.libc_ver()),
        "load at the start": os.getloadavg()[0],
    }


def parse() -> tuple[argparse.Namespace, list[int]]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3000, help="samples of each way (3000)")
    parser.add_argument("--memory", default="10,4096", help="resident megabytes (10,4096)")
    parser.add_argument("--axis", action="append", choices=AXES, help="only these axes")
    options = parser.parse_args()
    return options, [int(megabytes) for megabytes in options.memory.split(",")]


def main() -> int:
    options, memory = parse()
    names: list[str] = options.axis or AXES
    build()
    interpreters = all_interpreters() if NEEDS_INTERPRETERS.intersection(names) else []
    settings = Settings(options.rounds, memory, interpreters)
    axes = {name: importlib.import_module(f"bench.axes.{name}") for name in names}
    results: dict[str, object] = {"machine": machine(), "rounds": options.rounds}
    progress = Progress(sum(axis.steps(settings) for axis in axes.values()))
    tables = {name: axis.measure(settings, progress) for name, axis in axes.items()}
    progress.end()
    print(", ".join(f"{name}: {value}" for name, value in machine().items()), end="\n\n")
    for name, table in tables.items():
        print(table.show())
        results[name] = {"facts": table.facts, "verdicts": table.verdicts}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"all of it: {os.path.relpath(RESULTS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
