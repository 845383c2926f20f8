# SPDX-License-Identifier: MIT
"""Runs inside the interpreter under test: one outcome per test, and the proof of the engine.

Called as ``python recorder.py SPECIFICATION.json``; needs nothing but the standard library of
CPython 3.8. Each event is one line of JSON, appended to the file that the specification names.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import time
import traceback
import unittest
from typing import Any, Dict, Iterator, List, Optional

# Beside this file. Before any test can have changed where modules are looked for.
witness: Any = importlib.import_module("witness")

PASSED, SKIPPED, FAILED, ERROR = "passed", "skipped", "failed", "error"
_RANK = [PASSED, SKIPPED, FAILED, ERROR]


class Journal:
    """The file of events. Opened anew for each one: tests close descriptors they did not open."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.owner = os.getpid()

    def write(self, **event: object) -> None:
        if os.getpid() != self.owner:
            # The child of a test's fork that ran on into the rest of the suite.
            os._exit(99)
        line = (json.dumps(event) + "\n").encode("ascii")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


Test = Any
"""A test, or what stands for the set-up of a class or a module."""


class Recorder(unittest.TestResult):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.journal = journal
        self.running: Optional[str] = None
        self.outcome = PASSED
        self.detail = ""
        self.began = 0.0

    def startTest(self, test: Test) -> None:
        super().startTest(test)
        self.running = test.id()
        self.outcome, self.detail = PASSED, ""
        self.began = time.monotonic()
        self.journal.write(event="start", test=self.running)

    def stopTest(self, test: Test) -> None:
        super().stopTest(test)
        seconds = round(time.monotonic() - self.began, 3)
        self._end(str(self.running), self.outcome, self.detail, seconds)
        self.running = None

    def _end(self, test: str, outcome: str, detail: str, seconds: float = 0.0) -> None:
        detail = detail[-4000:]
        self.journal.write(event="end", test=test, outcome=outcome, seconds=seconds, detail=detail)

    def _note(self, test: Test, outcome: str, detail: str) -> None:
        if self.running is None:
            # Setting up or tearing down a class or a module.
            self._end(test.id(), outcome, detail)
        elif _RANK.index(outcome) > _RANK.index(self.outcome):
            self.outcome, self.detail = outcome, detail

    @staticmethod
    def _text(error: Any) -> str:
        return "".join(traceback.format_exception(*error))

    def addError(self, test: Test, err: Any) -> None:
        self._note(test, ERROR, self._text(err))

    def addFailure(self, test: Test, err: Any) -> None:
        self._note(test, FAILED, self._text(err))

    def addSkip(self, test: Test, reason: str) -> None:
        self._note(test, SKIPPED, reason)

    def addSubTest(self, test: Test, subtest: Test, err: Any) -> None:
        if err is not None:
            kind = FAILED if issubclass(err[0], test.failureException) else ERROR
            self._note(test, kind, f"{subtest}\n{self._text(err)}")

    def addUnexpectedSuccess(self, test: Test) -> None:
        self._note(test, FAILED, "unexpected success")


def flatten(suite: unittest.TestSuite) -> Iterator[Any]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def select(module: Any, specification: Dict[str, Any]) -> unittest.TestSuite:
    """The tests of a module that the specification asks for, in the order of the module."""
    only = set(specification["only"])
    done = set(specification["done"])
    methods = set(specification["methods"])
    chosen: List[Any] = []
    for test in flatten(unittest.defaultTestLoader.loadTestsFromModule(module)):
        name = test.id()
        if name in done or (only and name not in only):
            continue
        if methods and name.rpartition(".")[2] not in methods:
            continue
        chosen.append(test)
    return unittest.TestSuite(chosen)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        specification = json.load(file)
    journal = Journal(specification["journal"])
    support: Any = importlib.import_module("test.support")
    faulthandler.enable(all_threads=True)
    support.use_resources = specification["resources"]
    support.verbose = 0
    name = "test." + specification["module"]
    try:
        module = importlib.import_module(name)
        suite = select(module, specification)
    except unittest.SkipTest as reason:
        journal.write(event="end", test=name, outcome=SKIPPED, seconds=0, detail=str(reason))
        suite = unittest.TestSuite()
    except Exception:
        text = traceback.format_exc()[-4000:]
        journal.write(event="end", test=name, outcome=ERROR, seconds=0, detail=text)
        suite = unittest.TestSuite()
    suite.run(Recorder(journal))
    try:
        journal.write(event="finish", engine=witness.facts())
    except Exception:
        journal.write(event="finish", engine=None, detail=traceback.format_exc()[-4000:])


if __name__ == "__main__":
    main()
