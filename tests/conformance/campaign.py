# SPDX-License-Identifier: MIT
"""Everything: each suite on each interpreter and variant, stock and ours, several at a time."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import os
import shutil
import threading
from typing import Callable, Dict, Generator, Iterator, List, Optional, Sequence, Tuple

from . import borrowing, cache, comparison, execution, prefixes, testsuite, workspace
from .comparison import Deviation, Finding, Judgement
from .execution import Run
from .interpreters import Interpreter
from .prefixes import Copy, Engine, Variant
from .suites import Suite, locate, path_of

Progress = Callable[[str], None]

_HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(os.path.dirname(_HERE)), "build", "conformance")


@dataclasses.dataclass
class Cell:
    """One suite on one interpreter and variant: the place in the table, and what stands there."""

    interpreter: Interpreter
    variant: Variant
    suite: Suite
    module: str = ""
    origin: str = ""
    """Where the tests come from, when not from the interpreter's own tree."""
    not_judged: str = ""
    stock: Run = dataclasses.field(default_factory=Run)
    ours: Run = dataclasses.field(default_factory=Run)
    findings: List[Finding] = dataclasses.field(default_factory=list)
    problems: List[str] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        variant = "" if self.variant is Variant.DEFAULT else f" {self.variant.value}"
        return f"{self.interpreter.label}{variant} {self.suite.name}"

    def judged(self, judgement: Judgement) -> List[Finding]:
        return [finding for finding in self.findings if finding.judgement is judgement]

    @property
    def good(self) -> bool:
        return not self.problems and not self.judged(Judgement.REGRESSION)


class Campaign:
    """`module` is the file of our extension module; `only` limits the tests (by full name)."""

    def __init__(
        self,
        interpreters: Sequence[Interpreter],
        suites: Sequence[Suite],
        module: str,
        jobs: int = 2,
        progress: Progress = lambda line: None,
        cached_stock: bool = False,
        control: bool = False,
        only: Sequence[str] = (),
        name: str = "run",
    ) -> None:
        self.interpreters = interpreters
        self.suites = suites
        self.module = module
        self.jobs = jobs
        self.progress = progress
        self.cached_stock = cached_stock
        self.engines = (Engine.STOCK, Engine.BROKEN if control else Engine.OURS)
        self.only = only
        self.name = name
        self.deviations: Sequence[Deviation] = comparison.read_deviations()
        self.cells: List[Cell] = []
        self._copies: Dict[Tuple[str, Variant, Engine], Copy] = {}
        self._trees: Dict[str, str] = {}
        self._lifeline = -1
        self._folder = ""
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
        with workspace.own_folder(BUILD, self.name) as self._folder:
            self._prepare()
            yield from [cell for cell in self.cells if cell.not_judged]
            self._lifeline, writer = os.pipe()
            try:
                yield from self._execute(writer)
            finally:
                os.close(self._lifeline)
        for interpreter in self.interpreters:
            if prefixes.fingerprint(interpreter) != before[interpreter.prefix]:
                raise RuntimeError(f"files of CPython {interpreter.label} changed during the run")

    # Preparation: the copies, and which module of each stands for each suite.

    def _prepare(self) -> None:
        # As it is now: one installed meanwhile must not mix two engines in a run.
        self.module = shutil.copy2(self.module, os.path.join(self._folder, "engine.so"))
        for interpreter in self.interpreters:
            tests = testsuite.obtain(interpreter, os.path.join(BUILD, "testsuites"))
            own_tree = os.path.join(interpreter.stdlib, "test")
            self._trees[interpreter.label] = tests.overlay or own_tree
            reason = tests.missing
            if interpreter.free_threaded:
                reason = "a free-threaded build loads no module of the stable ABI"
            for variant in prefixes.variants(interpreter):
                for suite in self.suites:
                    obstacle = reason or _obstacle(suite)
                    cell = Cell(interpreter, variant, suite, not_judged=obstacle)
                    cell.origin = tests.origin
                    self.cells.append(cell)
                if not reason:
                    for engine in self.engines:
                        self._copy(interpreter, variant, engine, tests.overlay)
        for cell in self.cells:
            if not cell.not_judged:
                self._find_tests(cell)

    def _copy(
        self, interpreter: Interpreter, variant: Variant, engine: Engine, overlay: str
    ) -> None:
        place = f"{interpreter.label}-{variant.value}-{engine.value}"
        root = os.path.join(self._folder, place)
        self._copies[interpreter.label, variant, engine] = prefixes.make_copy(
            interpreter, engine, variant, self.module, root, overlay
        )

    def _copies_of(self, cell: Cell) -> List[Copy]:
        key = (cell.interpreter.label, cell.variant)
        return [self._copies[key + (engine,)] for engine in self.engines]

    def _find_tests(self, cell: Cell) -> None:
        suite, copies = cell.suite, self._copies_of(cell)
        found = locate(suite, copies[0].tests)
        if found is not None:
            cell.module = found
        elif suite.written:
            cell.module = suite.modules[0]
            cell.origin = "written from its _test_multiprocessing, as its tree lacks the modules"
            for copy in copies:
                prefixes.add_tests(copy, path_of(cell.module), text=suite.written)
        else:
            self._borrow_tests(cell)

    def _borrow_tests(self, cell: Cell) -> None:
        suite, trees = cell.suite, self._trees
        lender = borrowing.find_lender(suite, cell.interpreter, self.interpreters, trees)
        if lender is None or not suite.borrowed:
            cell.not_judged = f"its tree has no {suite.name}"
            return
        label, module = lender
        cell.module = borrowing.borrow(suite, module, trees[label], self._copies_of(cell))
        cell.origin = f"borrowed from {label}, as its tree lacks them"

    # Execution.

    def _execute(self, writer: int) -> Iterator[Cell]:
        cells = [cell for cell in self.cells if not cell.not_judged]
        # Short ones first: most of what can be wrong shows in the first minutes.
        cells.sort(key=lambda cell: cell.suite.weight)
        self._planned = 2 * len(cells)
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool, _closed_after(writer):
            pairs = [
                (cell, [pool.submit(self._run_side, cell, engine) for engine in self.engines])
                for cell in cells
            ]
            doubted: List[Cell] = []
            try:
                for cell, sides in pairs:
                    cell.stock, cell.ours = (side.result() for side in sides)
                    if comparison.is_doubted(cell.stock, cell.ours):
                        doubted.append(cell)
                    else:
                        yield self._judge(cell)
                # Doubt is settled one test at a time at the end, so that no other load decides.
                for cell in doubted:
                    yield self._judge(cell)
            except BaseException:
                for _, sides in pairs:
                    for side in sides:
                        side.cancel()
                raise

    def _run_side(self, cell: Cell, engine: Engine) -> Run:
        copy = self._copies[cell.interpreter.label, cell.variant, engine]
        path = ""
        if engine is Engine.STOCK and self.cached_stock:
            place = (cell.interpreter.label, cell.variant.value, cell.suite.name, cell.origin)
            path = cache.path_of(BUILD, cell.interpreter, (*place, *self.only))
        run = cache.load(path) if path else None
        if run is None:
            run = self._run(cell, copy, self.only)
            if path and not run.problem:
                cache.store(path, run)
        with self._lock:
            self._done += 1
            self.progress(
                f"[{self._done}/{self._planned}] {cell.name}, {engine.value}: {run.total} run, "
                f"{run.count('passed')} passed, {run.count('skipped')} skipped, {run.bad} failed"
                + (f", {run.seconds:.0f} s" if not run.cached else ", from the cache")
                + (f"; {run.problem.splitlines()[0]}" if run.problem else "")
            )
        return run

    def _run(self, cell: Cell, copy: Copy, only: Sequence[str]) -> Run:
        user = execution.OTHER_USER if cell.suite.unprivileged else execution.SAME_USER
        setting = execution.Setting(self._lifeline, user)
        return execution.run_suite(copy, cell.module, setting, cell.suite.methods, only)

    def _judge(self, cell: Cell) -> Cell:
        stock, ours = self._copies_of(cell)

        def rerun(on_ours: bool, test: Optional[str]) -> Run:
            only = self.only if test is None else (test,)
            copy = ours if on_ours else stock
            run = self._run(cell, copy, only)
            what = cell.suite.name if test is None else test
            where = copy.engine.value
            self.progress(f"again: {cell.interpreter.label} {what}, {where}: {run.bad} failed")
            return run

        cell.problems = comparison.canary(
            cell.stock, cell.ours, stock.engine_hash, prefixes.file_hash(self.module)
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


def _obstacle(suite: Suite) -> str:
    """Why a suite cannot be run here, whatever the interpreter."""
    if suite.unprivileged and os.geteuid() != 0:
        return "not started by root, so that every suite ran unprivileged"
    folder = BUILD
    while suite.unprivileged and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        if not os.stat(folder).st_mode & 0o001:
            return "the source tree lies in a folder that other users cannot enter"
    return ""


def engine_version(cells: Sequence[Cell]) -> str:
    """The version that the engine under test gave of itself."""
    versions = {str(cell.ours.engine["version"]) for cell in cells if cell.ours.engine}
    return ", ".join(sorted(versions - {""})) or "of unknown version"
