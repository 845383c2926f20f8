# SPDX-License-Identifier: MIT
"""python -m tests.conformance: see the package's own description."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import sys
from typing import List, Optional

from . import campaign, interpreters, report, suites
from .prefixes import Variant


def find_module() -> Optional[str]:
    """The extension module of the forkexec that this interpreter would import."""
    try:
        spec = importlib.util.find_spec("forkexec._native")
    except ImportError:
        return None
    return spec.origin if spec is not None else None


def find_package() -> Optional[str]:
    """The folder of the forkexec that this interpreter would import."""
    spec = importlib.util.find_spec("forkexec")
    return os.path.dirname(spec.origin) if spec is not None and spec.origin else None


def _arguments(words: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="test_subprocess only (the default)")
    extent.add_argument("--all", action="store_true", help="every suite")
    parser.add_argument("--version", action="append", default=[], metavar="3.X", help="only this")
    parser.add_argument("--test", action="append", default=[], metavar="NAME", help="only this")
    parser.add_argument(
        "--variant",
        action="append",
        choices=[variant.value for variant in Variant],
        help="only this",
    )
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), metavar="N")
    parser.add_argument("--module", metavar="FILE", help="our module; default: the installed one")
    parser.add_argument("--cached-stock", action="store_true", help="stock results of earlier runs")
    parser.add_argument("--write", metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON")
    return parser.parse_args(words)


def _fail(text: str) -> int:
    print(f"tests.conformance: {text}", file=sys.stderr)
    return 2


def main(words: Optional[List[str]] = None) -> int:
    arguments = _arguments(words)
    # Ended from outside, as by Ctrl-C: the way out ends what runs and removes what is temporary.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    module = arguments.module or find_module()
    if module is None or not os.path.isfile(module):
        return _fail(f"no module to judge ({module or 'forkexec is not installed'}); see --module")
    try:
        chosen = list(suites.ALL if arguments.all else suites.QUICK)
        if arguments.test:
            chosen = suites.named(arguments.test)
    except ValueError as error:
        return _fail(str(error))
    found = interpreters.find(arguments.version)
    if not found:
        return _fail(
            "no CPython 3.8 or newer was found" + " of these versions" * bool(arguments.version)
        )
    job = campaign.Campaign(
        found,
        chosen,
        os.path.abspath(module),
        find_package(),
        [Variant(value) for value in arguments.variant or Variant],
        jobs=max(1, arguments.jobs),
        progress=lambda line: print(line, file=sys.stderr, flush=True),
        cached_stock=arguments.cached_stock,
        name="all" if arguments.all else "quick",
    )
    cells = job.run()
    print(report.text_table(cells))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            file.write(report.as_json(cells))
    if arguments.write:
        with open(arguments.write, "w", encoding="utf-8") as file:
            file.write(report.markdown(cells, campaign.engine_version(cells)))
    judged = [cell for cell in cells if not cell.not_judged]
    return 0 if judged and all(cell.good for cell in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
