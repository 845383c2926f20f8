# SPDX-License-Identifier: MIT
"""How outcomes are judged, on made-up runs."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Optional, Tuple

import pytest

from . import comparison
from .comparison import Deviation, Judgement
from .execution import CRASHED, FAILED, PASSED, SKIPPED, TIMED_OUT, Outcome, Run

Answers = Dict[Tuple[bool, Optional[str]], List[str]]


def _run(**results: str) -> Run:
    return Run(outcomes={test: Outcome(result) for test, result in results.items()})


class Rerun:
    """Answers reruns from a list, in turn, the last again and again; counts them."""

    def __init__(self, answers: Answers, tests: Tuple[str, ...] = ("a",)) -> None:
        self.answers = answers
        self.tests = tests
        self.calls: List[Tuple[bool, Optional[str]]] = []

    def __call__(self, on_ours: bool, test: Optional[str]) -> Run:
        self.calls.append((on_ours, test))
        left = self.answers[on_ours, test]
        result = left.pop(0) if len(left) > 1 else left[0]
        return _run(**{test or name: result for name in ([test] if test else self.tests)})


def _judge(stock: Run, ours: Run, answers: Answers) -> Tuple[List[Judgement], Rerun]:
    rerun = Rerun(answers)
    findings = comparison.compare("3.13.0", stock, ours, rerun, [])
    return [finding.judgement for finding in findings], rerun


def test_equal_runs_are_not_repeated() -> None:
    judgements, rerun = _judge(_run(a=PASSED, b=SKIPPED), _run(a=PASSED, b=SKIPPED), {})
    assert judgements == [] and rerun.calls == []


@pytest.mark.parametrize("result", [FAILED, SKIPPED, CRASHED, TIMED_OUT, None])
def test_what_fails_alone_three_times_is_a_regression(result: Optional[str]) -> None:
    ours = _run(a=result) if result else _run()
    answers: Answers = {(True, "a"): [FAILED], (False, "a"): [PASSED]}
    judgements, rerun = _judge(_run(a=PASSED), ours, answers)
    assert judgements == [Judgement.REGRESSION]
    assert rerun.calls == [(True, "a")] * 3 + [(False, "a")]


def test_what_passes_alone_and_then_in_its_suite_is_unsteady() -> None:
    answers: Answers = {
        (True, "a"): [FAILED, PASSED],
        (True, None): [PASSED],
        (False, None): [PASSED],
    }
    judgements, _ = _judge(_run(a=PASSED), _run(a=FAILED), answers)
    assert judgements == [Judgement.UNSTEADY]


def test_what_fails_only_in_its_suite_but_there_again_is_a_regression() -> None:
    answers: Answers = {
        (True, "a"): [PASSED],
        (True, None): [FAILED],
        (False, None): [PASSED],
    }
    judgements, _ = _judge(_run(a=PASSED), _run(a=FAILED), answers)
    assert judgements == [Judgement.REGRESSION]


def test_what_stock_does_not_pass_again_either_is_unsteady() -> None:
    answers: Answers = {
        (True, "a"): [FAILED],
        (False, "a"): [FAILED],
        (True, None): [FAILED],
        (False, None): [FAILED],
    }
    judgements, _ = _judge(_run(a=PASSED), _run(a=FAILED), answers)
    assert judgements == [Judgement.UNSTEADY]


def test_an_unsteady_failure_on_stock_hides_no_regression() -> None:
    answers: Answers = {(True, "a"): [FAILED], (False, "a"): [PASSED]}
    judgements, _ = _judge(_run(a=FAILED), _run(a=FAILED), answers)
    assert judgements == [Judgement.REGRESSION]


def test_a_broken_engine_takes_one_more_run_of_the_suite_not_hundreds_of_tests() -> None:
    tests = tuple(f"t{number}" for number in range(100))
    stock, ours = (_run(**dict.fromkeys(tests, result)) for result in (PASSED, FAILED))
    rerun = Rerun({(True, None): [FAILED], (False, None): [PASSED]}, tests)
    findings = comparison.compare("3.13.0", stock, ours, rerun, [])
    assert [finding.judgement for finding in findings] == [Judgement.REGRESSION] * 100
    assert rerun.calls == [(True, None), (False, None)]


def test_an_accepted_deviation_is_told_with_its_reason() -> None:
    rerun = Rerun({})
    deviations = [Deviation("3.12", "a", "other version"), Deviation("3.13", "a", "because")]
    (finding,) = comparison.compare("3.13.0", _run(a=PASSED), _run(a=FAILED), rerun, deviations)
    assert (finding.judgement, finding.account) == (Judgement.DEVIATION, "because")
    assert rerun.calls == []


def test_deviations_need_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "deviations"
    path.write_text("# a comment\n\n3.13 test.a It is so.\n")
    assert comparison.read_deviations(str(path)) == [Deviation("3.13", "test.a", "It is so.")]
    path.write_text("3.13 test.a\n")
    with pytest.raises(ValueError, match=":1:"):
        comparison.read_deviations(str(path))
