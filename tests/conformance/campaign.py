# SPDX-License-Identifier: MIT
"""Everything: each suite on each interpreter and variant, stock and ours, several at a time."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import threading
from typing import Callable, Generator, Iterator, List, Optional, Sequence, Tuple

from . import cache, canary, comparison, execution, prefixes, workspace
from .comparison import Deviation
from .execution import Run
from .interpreters import Interpreter
from .prefixes import Copy, Engine, Variant
from .preparation import Cell, Preparation
from .suites import Suite
from .workspace import BUILD

Progress = Callable[[str], None]


class Campaign:
    """`module` is the file of our extension module, `package` the folder of the Python package, if
    there is one; `only` limits the tests (by full name)."""

    def __init__(
        self,
        interpreters: Sequence[Interpreter],
        suites: Sequence[Suite],
        module: str,
        package: Optional[str] = None,
        variants: Sequence[Variant] = tuple(Variant),
        jobs: int = 2,
        progress: Progress = lambda line: None,
        cached_stock: bool = False,
        ours: Engine = Engine.OURS,
        only: Sequence[str] = (),
        name: str = "run",
    ) -> None:
        self.interpreters = interpreters
        self.module = module
        self.package = package
        self.jobs = jobs
        self.progress = progress
        self.cached_stock = cached_stock
        self.only = only
        self.name = name
        self.deviations: Sequence[Deviation] = comparison.read_deviations()
        self.cells: List[Cell] = []
        self._preparation = Preparation(interpreters, suites, variants, ours)
        self._lifeline = -1
        self._lock = threading.Lock()
        self._done = 0
        self._planned = 0

    def run(self) -> List[Cell]:
        """All cells, judged, in the order of the table."""
        for _ in self.judge_each():
            pass
        return self.cells

    def judge_each(self) -> Generator[Cell, None, None]:
        """Each cell as soon as it is judged. RuntimeError if a test changed what is installed."""
        before = {one.prefix: prefixes.fingerprint(one) for one in self.interpreters}
        with workspace.own_folder(BUILD, self.name) as folder:
            self.cells = self._preparation.cells(self.module, self.package, folder)
            yield from [cell for cell in self.cells if cell.not_judged]
            self._lifeline, writer = os.pipe()
            try:
                yield from self._execute(writer)
            finally:
                os.close(self._lifeline)
        for interpreter in self.interpreters:
            if prefixes.fingerprint(interpreter) != before[interpreter.prefix]:
                raise RuntimeError(f"files of CPython {interpreter.label} changed during the run")

    def _execute(self, writer: int) -> Iterator[Cell]:
        cells = [cell for cell in self.cells if not cell.not_judged]
        # Short ones first: most of what can be wrong shows in the first minutes.
        cells.sort(key=lambda cell: cell.suite.weight)
        # Variants that share a stock copy share its run.
        sides = {key: (cell, copy) for cell in cells for key, copy in self._sides(cell)}
        self._planned = len(sides)
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool, _closed_after(writer):
            runs = {key: pool.submit(self._run_side, *side) for key, side in sides.items()}
            doubted: List[Cell] = []
            try:
                for cell in cells:
                    cell.stock, cell.ours = (runs[key].result() for key, _ in self._sides(cell))
                    if comparison.is_doubted(cell.stock, cell.ours):
                        doubted.append(cell)
                    else:
                        yield self._judge(cell)
                # Doubt is settled one test at a time at the end, so that no other load decides.
                for cell in doubted:
                    yield self._judge(cell)
            except BaseException:
                for run in runs.values():
                    run.cancel()
                raise

    def _sides(self, cell: Cell) -> List[Tuple[Tuple[str, str], Copy]]:
        """The stock copy and ours, each with a name for the run of this suite in it."""
        return [((cell.suite.name, copy.python), copy) for copy in self._preparation.copies(cell)]

    def _run_side(self, cell: Cell, copy: Copy) -> Run:
        path = ""
        if copy.engine is Engine.STOCK and self.cached_stock:
            place = (cell.interpreter.label, copy.variant.value, cell.suite.name, cell.origin)
            path = cache.path_of(BUILD, cell.interpreter, (*place, *self.only))
        run = cache.load(path) if path else None
        if run is None:
            run = self._run(cell, copy, self.only)
            if path and not run.problem:
                cache.store(path, run)
        with self._lock:
            self._done += 1
            self.progress(
                f"[{self._done}/{self._planned}] {cell.interpreter.label} {cell.suite.name}, "
                f"{copy.name}: {run.total} run, {run.count('passed')} passed, "
                f"{run.count('skipped')} skipped, {run.bad} failed"
                + (f", {run.seconds:.0f} s" if not run.cached else ", from the cache")
                + (f"; {run.problem.splitlines()[0]}" if run.problem else "")
            )
        return run

    def _run(self, cell: Cell, copy: Copy, only: Sequence[str]) -> Run:
        user = execution.OTHER_USER if cell.suite.unprivileged else execution.SAME_USER
        setting = execution.Setting(self._lifeline, user)
        return execution.run_suite(copy, cell.module, setting, cell.suite.methods, only)

    def _judge(self, cell: Cell) -> Cell:
        stock, ours = self._preparation.copies(cell)

        def rerun(on_ours: bool, test: Optional[str]) -> Run:
            only = self.only if test is None else (test,)
            copy = ours if on_ours else stock
            run = self._run(cell, copy, only)
            what = cell.suite.name if test is None else test
            self.progress(f"again: {cell.interpreter.label} {what}, {copy.name}: {run.bad} failed")
            return run

        our_hash = prefixes.file_hash(self._preparation.module)
        installed = cell.variant is Variant.INSTALLED
        cell.problems = canary.problems(
            cell.stock, cell.ours, stock.engine_hash, our_hash, installed
        )
        if cell.problems:
            # Nothing was proved, so there is nothing to settle.
            cell.findings = comparison.unsettled(cell.stock, cell.ours)
        else:
            cell.findings = comparison.compare(
                cell.interpreter.version, cell.stock, cell.ours, rerun, self.deviations
            )
        if not cell.stock.count(execution.PASSED) and not cell.stock.count(execution.SKIPPED):
            cell.problems.append("no test passes on the stock engine, so nothing was judged")
        return cell


@contextlib.contextmanager
def _closed_after(writer: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(writer)


def engine_version(cells: Sequence[Cell]) -> str:
    """The version that the engine under test gave of itself."""
    versions = {str(cell.ours.engine["version"]) for cell in cells if cell.ours.engine}
    return ", ".join(sorted(versions - {""})) or "of unknown version"
