# SPDX-License-Identifier: MIT
"""How a test run looks: one line for each test file, growing while its tests run.

[ 3/24] tests/c/test_map.c    ....................  48 passed  3.2 s
"""

from __future__ import annotations

import time
from collections.abc import Generator

import pytest

BAR = 20  # marks in a full line, whatever the number of tests
# pytest's own reporter is left with what comes after the tests: failures and their summary.
QUIET = ["-qq", "-o", "console_output_style=classic"]
GOOD = ("passed", "xpassed")
BAD = ("failed", "error")
ASIDE = ("skipped", "xfailed")


def file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


def category_of(report: pytest.TestReport) -> str | None:
    """pytest's name for what this phase of a test means; None: nothing to count."""
    expected = hasattr(report, "wasxfail")
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "xfailed" if expected else "skipped"
    if report.when == "call":
        return "xpassed" if expected else "passed"
    return None


class FileLine:
    """What has come of the tests of one file."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.started = time.monotonic()
        self.done = 0
        self.drawn = 0
        self.counts: dict[str, int] = {}

    def finish_test(self) -> str:
        """The marks that the line grows by."""
        self.done += 1
        grown = BAR * self.done // self.total - self.drawn
        self.drawn += grown
        return ("F" if self.bad else ".") * grown

    @property
    def bad(self) -> int:
        return sum(self.counts.get(category, 0) for category in BAD)

    def summary(self) -> str:
        parts = ", ".join(f"{count} {category}" for category, count in self.counts.items())
        return f"  {parts}  {time.monotonic() - self.started:.1f} s"


class Report:
    """A pytest plugin: draws the lines and keeps the tally."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.totals: dict[str, int] = {}
        self.lines: dict[str, FileLine] = {}
        self.terminal: pytest.TerminalReporter | None = None

    def write(self, text: str, **markup: bool) -> None:
        if self.terminal is not None:
            self.terminal.write(text, flush=True, **markup)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self.terminal = config.pluginmanager.getplugin("terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Fixtures of a wider scope may have torn the tests of a file apart."""
        for item in items:
            name = file_of(item.nodeid)
            self.totals[name] = self.totals.get(name, 0) + 1
        order = {name: place for place, name in enumerate(self.totals)}
        items.sort(key=lambda item: order[file_of(item.nodeid)])

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> Generator[None, tuple[str, str, object], tuple[str, str, object]]:
        """Without its letter a test draws nothing; what the summaries need of it stays."""
        category, _, word = yield
        return category, "", word

    def count(self, category: str, nodeid: str) -> None:
        self.counts[category] = self.counts.get(category, 0) + 1
        line = self.lines.get(file_of(nodeid))
        if line is not None:
            line.counts[category] = line.counts.get(category, 0) + 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.count("error", report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category = category_of(report)
        if category is not None:
            self.count(category, report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        name = file_of(nodeid)
        if name in self.lines:
            return
        self.lines[name] = FileLine(self.totals[name])
        width = max(len(name) for name in self.totals)
        self.write(f"[{len(self.lines):2}/{len(self.totals)}] {name:{width}}  ")

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        line = self.lines[file_of(nodeid)]
        self.write(line.finish_test())
        if line.done == line.total:
            self.write(line.summary(), red=bool(line.bad), green=not line.bad)
            self.write("\n")

    def tally(self) -> tuple[int, int, int]:
        def total(categories: tuple[str, ...]) -> int:
            return sum(self.counts.get(category, 0) for category in categories)

        return total(GOOD), total(BAD), total(ASIDE)
