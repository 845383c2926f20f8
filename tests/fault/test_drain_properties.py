# SPDX-License-Identifier: MIT
"""The drain against a reference: whatever a child does, and however it is drained."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Optional

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fault.drain_reference import Case, Reference, Stream, complaints_of
from tests.fault.drained import drained

EXAMPLES = 300
CONTROL_EXAMPLES = 150
KEEPS = ("head", "tail", "head-and-tail", "stop")

# Around what is read at once, what a pipe holds, and what is allocated first.
EDGES = (0, 1, 2, 4095, 4096, 4097, 65535, 65536, 65537)
sizes = st.one_of(st.sampled_from(EDGES), st.integers(0, 300), st.integers(0, 150_000))
bounds = st.one_of(st.none(), st.sampled_from(EDGES), st.integers(0, 300), st.integers(0, 100_000))

writing = st.tuples(st.sampled_from(("out", "err")), sizes)
# Not so small that a child is busy for long.
chunk = st.tuples(st.just("chunk"), st.sampled_from((997, 4096, 8191, 65521)))
reading = st.one_of(
    st.tuples(st.just("take"), sizes),
    st.tuples(st.sampled_from(("echo", "read")), st.none()),
    st.tuples(st.just("close"), st.just(0)),
)


def possible(drawn: list[Any]) -> tuple[tuple[str, Optional[int]], ...]:
    """Who has closed its input reads no more of it."""
    names = [action for action, _ in drawn]
    closed = names.index("close") if "close" in names else len(names)
    reads = ("take", "echo", "read", "close")
    return tuple(each for at, each in enumerate(drawn) if at <= closed or each[0] not in reads)


actions = st.lists(st.one_of(writing, writing, reading, chunk), max_size=7).map(possible)
streams = st.builds(
    Stream,
    keep=st.sampled_from(KEEPS),
    most=bounds,
    stored=st.sampled_from((True, True, True, False)),
    tee=st.sampled_from((None, None, None, "file", "broken")),
)


def is_sensible(case: Case) -> bool:
    """A child without input reads nothing; one that is waited for before must not need a drain."""
    quiet = sum(number or 0 for action, number in case.actions if action in ("out", "err")) < 4096
    reads = any(action in ("take", "echo", "read") for action, _ in case.actions)
    return not case.ended or (quiet and not reads)


cases = st.builds(
    Case,
    actions=actions,
    streams=st.tuples(streams, streams),
    fed=st.one_of(st.none(), sizes),
    from_file=st.booleans(),
    total=bounds,
    function=st.one_of(st.none(), st.integers(1, 200_000)),
    by_pid=st.booleans(),
    ended=st.booleans(),
    status=st.integers(0, 100),
).filter(is_sensible)

QUICK = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
)


def check(reference: Reference, case: Case) -> None:
    report = drained(case.names(), case.arguments())
    assert not complaints_of(reference, case, report)


@settings(QUICK, max_examples=EXAMPLES)
@given(cases)
def test_it_reports_what_the_reference_says(case: Case) -> None:
    check(Reference(), case)


# ---- controls ----


class ShortTail(Reference):
    def split(self, keep: str, bound: int) -> tuple[int, int]:
        head, tail = super().split(keep, bound)
        return head, tail - (tail > 0)


class LongHead(Reference):
    def split(self, keep: str, bound: int) -> tuple[int, int]:
        if keep == "head-and-tail":
            return bound - bound // 2, bound // 2
        return super().split(keep, bound)


class EarlyStop(Reference):
    def is_too_much(self, case: Case, sizes: list[int]) -> bool:
        return super().is_too_much(case, [size + 1 for size in sizes])


class LateStop(Reference):
    def is_too_much(self, case: Case, sizes: list[int]) -> bool:
        return super().is_too_much(case, [max(size - 1, 0) for size in sizes])


class RoundedShare(Reference):
    def bound(self, case: Case, number: int) -> Optional[int]:
        if case.total is None:
            return super().bound(case, number)
        return super().bound(Case(**{**case.__dict__, "total": case.total + 1}), number)


class LateFunction(Reference):
    def endings(self, case: Case, sizes: list[int]) -> set[str]:
        return super().endings(case, [max(sizes[0] - 1, 0), sizes[1]])


CONTROLS = (ShortTail, LongHead, EarlyStop, LateStop, RoundedShare, LateFunction)
# What random examples meet the bound exactly with, they meet seldom: these are on the point.
POINTED = st.builds(
    lambda size, more, keep, total, function: Case(
        actions=(("out", size),),
        streams=(Stream(keep, None if total else max(size + more, 0)), Stream(stored=not total)),
        total=max(size + more, 0) if total else None,
        function=max(size + more, 1) if function else None,
    ),
    st.integers(0, 3000),
    st.integers(-1, 1),
    st.sampled_from(KEEPS),
    st.booleans(),
    st.booleans(),
)
pointed = st.one_of(POINTED, POINTED, cases)


@settings(QUICK, max_examples=CONTROL_EXAMPLES)
@given(pointed)
def test_it_does_so_exactly_at_its_bounds(case: Case) -> None:
    check(Reference(), case)


def on_the_point() -> Iterator[Case]:
    """Drawn ones would depend on what other modules are loaded, whose constants are drawn too."""
    for size, more, keep, total, function in itertools.product(
        (1, 2, 10, 999, 3000), (-1, 0, 1), KEEPS, (False, True), (False, True)
    ):
        yield Case(
            actions=(("out", size),),
            streams=(
                Stream(keep, None if total else max(size + more, 0)),
                Stream(stored=not total),
            ),
            total=max(size + more, 0) if total else None,
            function=max(size + more, 1) if function else None,
        )


@pytest.mark.parametrize("control", CONTROLS)
def test_a_reference_that_is_off_by_one_is_found(control: type[Reference]) -> None:
    with pytest.raises(AssertionError):
        for case in on_the_point():
            check(control(), case)
