# SPDX-License-Identifier: MIT
"""How a test run looks: one line for each test file, growing while its tests run.

    [ 3/24] tests/c/test_map.c              ....................  48 passed  3.2 s
"""

import time
from typing import Dict, List, Optional, Tuple

import pytest

BAR = 20


class FileReporter(pytest.TerminalReporter):
    """pytest's own reporter, with another display of what runs now. Its summaries stay."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self.totals: Dict[str, int] = {}
        self.counts: Dict[str, int] = {}
        self.current: Optional[str] = None
        self.started = 0.0
        self.done = 0
        self.drawn = 0
        self.width = 0
        self.ordinal = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            name = file_of(item.nodeid)
            self.totals[name] = self.totals.get(name, 0) + 1
        self.width = max((len(name) for name in self.totals), default=0)
        super().pytest_collection_finish(session)

    def pytest_runtest_logstart(
        self, nodeid: str, location: Tuple[str, Optional[int], str]
    ) -> None:
        name = file_of(nodeid)
        if name == self.current:
            return
        self.current = name
        self.started = time.monotonic()
        self.counts = {}
        self.done = self.drawn = 0
        self.ordinal += 1
        self.write(f"[{self.ordinal:2}/{len(self.totals)}] {name:{self.width}}  ", flush=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category, letter, _ = self.config.hook.pytest_report_teststatus(
            report=report, config=self.config
        )
        self.stats.setdefault(category, []).append(report)
        if letter:
            self.counts[category] = self.counts.get(category, 0) + 1

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.done += 1
        total = self.totals[file_of(nodeid)]
        wanted = BAR * self.done // total
        bad = self.counts.get("failed", 0) + self.counts.get("error", 0)
        self.write(("F" if bad else ".") * (wanted - self.drawn), flush=True)
        self.drawn = wanted
        if self.done == total:
            self.finish_line(bad)

    def finish_line(self, bad: int) -> None:
        seconds = time.monotonic() - self.started
        parts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        self.write_line(f"  {parts}  {seconds:.1f} s", red=bool(bad), green=not bad)

    def summary_stats(self) -> None:
        """The tally is the runner's, and the last line."""

    def short_test_summary(self) -> None:
        super().short_test_summary()

    def tally(self) -> Tuple[int, int, int]:
        def count(*categories: str) -> int:
            return sum(len(self.stats.get(category, [])) for category in categories)

        return count("passed", "xpassed"), count("failed", "error"), count("skipped", "xfailed")


def file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


class ReportPlugin:
    """Puts our reporter in the place of pytest's, and keeps the tests of a file together."""

    reporter: Optional[FileReporter] = None

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        standard = config.pluginmanager.getplugin("terminalreporter")
        config.pluginmanager.unregister(standard)
        self.reporter = FileReporter(config)
        config.pluginmanager.register(self.reporter, "terminalreporter")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: List[pytest.Item]) -> None:
        order: Dict[str, int] = {}
        for item in items:
            order.setdefault(file_of(item.nodeid), len(order))
        items.sort(key=lambda item: order[file_of(item.nodeid)])
