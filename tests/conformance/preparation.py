# SPDX-License-Identifier: MIT
"""Before anything runs: what is to be judged, in which copies, by which module of their tests."""

from __future__ import annotations

import dataclasses
import os
import shutil
from typing import Dict, List, Optional, Sequence, Tuple

from . import borrowing, installation, prefixes, testsuite
from .comparison import Finding, Judgement
from .execution import Run
from .interpreters import Interpreter
from .prefixes import Copy, Engine, Variant
from .suites import Suite, locate, path_of
from .workspace import BUILD


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


class Preparation:
    """`ours` is the engine that stands beside the stock one."""

    def __init__(
        self,
        interpreters: Sequence[Interpreter],
        suites: Sequence[Suite],
        variants: Sequence[Variant],
        ours: Engine,
    ) -> None:
        self.interpreters = interpreters
        self.suites = suites
        self.variants = variants
        self.engines = (Engine.STOCK, ours)
        self.module = ""
        self.package: Optional[str] = None
        self._folder = ""
        self._copies: Dict[Tuple[str, Variant, Engine], Copy] = {}
        self._trees: Dict[str, str] = {}

    def cells(self, module: str, package: Optional[str], folder: str) -> List[Cell]:
        """All cells, in the order of the table, and their copies below `folder`."""
        self._folder = folder
        # As they are now: what is installed meanwhile must not mix two engines in a run.
        self.module = shutil.copy2(module, os.path.join(folder, "engine.so"))
        if package is not None:
            self.package = installation.snapshot(package, self.module, folder)
        cells: List[Cell] = []
        for interpreter in self.interpreters:
            cells += self._cells_of(interpreter)
        # A test can be borrowed from an interpreter that comes later.
        for cell in cells:
            if not cell.not_judged:
                self._find_tests(cell)
        return cells

    def copies(self, cell: Cell) -> List[Copy]:
        """The stock one and ours."""
        return [self._copies[self._key(cell, engine)] for engine in self.engines]

    def _key(self, cell: Cell, engine: Engine) -> Tuple[str, Variant, Engine]:
        variant = cell.variant.stock if engine is Engine.STOCK else cell.variant
        return cell.interpreter.label, variant, engine

    def _cells_of(self, interpreter: Interpreter) -> List[Cell]:
        tests = testsuite.obtain(interpreter, os.path.join(BUILD, "testsuites"))
        own_tree = os.path.join(interpreter.stdlib, "test")
        self._trees[interpreter.label] = tests.overlay or own_tree
        cells = [
            Cell(interpreter, variant, suite, origin=tests.origin)
            for variant in prefixes.variants(interpreter)
            if variant in self.variants
            for suite in self.suites
        ]
        for cell in cells:
            cell.not_judged = tests.missing or self._obstacle(cell)
            for engine in self.engines if not cell.not_judged else ():
                self._make_copy(cell, engine, tests.overlay)
        return cells

    def _obstacle(self, cell: Cell) -> str:
        if cell.interpreter.free_threaded:
            return "a free-threaded build loads no module of the stable ABI"
        if cell.variant is Variant.INSTALLED and self.package is None:
            return "the package forkexec is not there to be installed"
        return _obstacle_of_suite(cell.suite)

    def _make_copy(self, cell: Cell, engine: Engine, overlay: str) -> None:
        """Suites share a copy, and some variants the stock one."""
        key = self._key(cell, engine)
        if key in self._copies:
            return
        label, variant, _ = key
        root = os.path.join(self._folder, f"{label}-{variant.value}-{engine.value}")
        copy = prefixes.make_copy(cell.interpreter, engine, variant, self.module, root, overlay)
        if variant is Variant.INSTALLED:
            assert self.package is not None
            installation.add(copy, self.package)
        self._copies[key] = copy

    def _find_tests(self, cell: Cell) -> None:
        suite = cell.suite
        # In the tree, not in a copy, to which another variant's cell may have added some.
        found = locate(suite, self._trees[cell.interpreter.label])
        if found is not None:
            cell.module = found
        elif suite.written:
            cell.module = suite.modules[0]
            cell.origin = "written from its _test_multiprocessing, as its tree lacks the modules"
            for copy in self.copies(cell):
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
        cell.module = borrowing.borrow(suite, module, trees[label], self.copies(cell))
        cell.origin = f"borrowed from {label}, as its tree lacks them"


def _obstacle_of_suite(suite: Suite) -> str:
    """Why a suite cannot be run here, whatever the interpreter."""
    if suite.unprivileged and os.geteuid() != 0:
        return "not started by root, so that every suite ran unprivileged"
    folder = BUILD
    while suite.unprivileged and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        if not os.stat(folder).st_mode & 0o001:
            return "the source tree lies in a folder that other users cannot enter"
    return ""
