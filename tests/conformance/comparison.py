# SPDX-License-Identifier: MIT
"""Which outcomes are regressions, and how doubt about them is settled.

A test that passes on the stock engine and does not on ours is suspected. Suspects run again, each
alone: three times on ours, until it passes once. What fails every time, while the stock
engine passes it alone too, is a regression. What passes alone may still fail because of what ran
before it: the whole suite runs once more on both, and what fails there again, on ours only, is a
regression too. All else is told as unsteady.
"""

from __future__ import annotations

import dataclasses
import enum
import os
from typing import Callable, List, Optional, Sequence, Tuple

from .execution import MISSING, PASSED, Outcome, Run

ATTEMPTS = 3
# With more suspects than this, no single test is at fault: the suite itself is run again.
_MANY = 24


class Judgement(enum.Enum):
    REGRESSION = "regression"
    DEVIATION = "accepted deviation"
    UNSTEADY = "unsteady"


@dataclasses.dataclass(frozen=True)
class Finding:
    """A test that passed on the stock engine and did not on ours."""

    test: str
    judgement: Judgement
    ours: Outcome
    account: str
    """How it was settled, or why a deviation is accepted."""


@dataclasses.dataclass(frozen=True)
class Deviation:
    version: str
    test: str
    reason: str

    def covers(self, version: str, test: str) -> bool:
        right_version = self.version == "*" or (version + ".").startswith(self.version + ".")
        return right_version and self.test == test


DEVIATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "deviations.txt")


def read_deviations(path: str = DEVIATIONS) -> List[Deviation]:
    deviations = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.split(None, 2)
            if len(fields) != 3:
                raise ValueError(f"{path}:{number}: version, test and reason are needed")
            deviations.append(Deviation(fields[0], fields[1], fields[2].strip()))
    return deviations


# Runs one test alone (a name) or the whole suite (None), on ours or on stock.
Rerun = Callable[[bool, Optional[str]], Run]


def _of(run: Run, test: str) -> Outcome:
    return run.outcomes.get(test) or Outcome(MISSING, detail=run.problem)


def suspects(stock: Run, ours: Run) -> List[str]:
    """Tests that pass on stock and not on ours."""
    return [
        test
        for test, outcome in stock.outcomes.items()
        if outcome.result == PASSED and _of(ours, test).result != PASSED
    ]


def doubtful(stock: Run, ours: Run) -> List[str]:
    """Tests that fail on both: a failure on stock that is only unsteady would hide a regression."""
    return [
        test
        for test, outcome in stock.outcomes.items()
        if outcome.bad and _of(ours, test).result != PASSED
    ]


def is_doubted(stock: Run, ours: Run) -> bool:
    """Whether comparing takes more runs."""
    return bool(suspects(stock, ours) or doubtful(stock, ours))


def compare(
    version: str, stock: Run, ours: Run, rerun: Rerun, deviations: Sequence[Deviation]
) -> List[Finding]:
    """Judge one suite. `stock` is amended where a failing test of it passes alone."""
    for test in doubtful(stock, ours):
        again = _of(rerun(False, test), test)
        if again.result == PASSED:
            stock.outcomes[test] = again
    suspected = suspects(stock, ours)
    findings: List[Finding] = []
    doubts: List[Tuple[str, str]] = []
    for test in suspected:
        reason = _accepted(version, test, deviations)
        if reason is not None:
            findings.append(Finding(test, Judgement.DEVIATION, _of(ours, test), reason))
            continue
        if len(suspected) > _MANY:
            doubts.append((test, f"one of {len(suspected)}"))
            continue
        regression, account = _settle_alone(test, rerun)
        if regression:
            findings.append(Finding(test, Judgement.REGRESSION, _of(ours, test), account))
        else:
            doubts.append((test, account))
    findings.extend(_settle_in_suite(doubts, ours, rerun))
    return findings


def unsettled(stock: Run, ours: Run) -> List[Finding]:
    """Suspects that did run, as they are."""
    account = "not settled, as the run has a problem"
    return [
        Finding(test, Judgement.REGRESSION, ours.outcomes[test], account)
        for test in suspects(stock, ours)
        if test in ours.outcomes
    ]


def _accepted(version: str, test: str, deviations: Sequence[Deviation]) -> Optional[str]:
    return next((one.reason for one in deviations if one.covers(version, test)), None)


def _settle_alone(test: str, rerun: Rerun) -> Tuple[bool, str]:
    for attempt in range(1, ATTEMPTS + 1):
        if _of(rerun(True, test), test).result == PASSED:
            return False, f"alone it passed on ours, at attempt {attempt}"
    for _ in range(ATTEMPTS):
        if _of(rerun(False, test), test).result == PASSED:
            return True, f"alone it failed {ATTEMPTS} of {ATTEMPTS} times on ours, not on stock"
    return False, "alone it fails on both"


def _settle_in_suite(doubts: Sequence[Tuple[str, str]], ours: Run, rerun: Rerun) -> List[Finding]:
    if not doubts:
        return []
    again, stock_again = rerun(True, None), rerun(False, None)
    findings = []
    for test, account in doubts:
        stock_passes = _of(stock_again, test).result == PASSED
        steady = stock_passes and _of(again, test).result != PASSED
        judgement = Judgement.REGRESSION if steady else Judgement.UNSTEADY
        where = "failed in its suite twice, not on stock" if steady else "not steady in its suite"
        findings.append(Finding(test, judgement, _of(ours, test), f"{account}; {where}"))
    return findings
