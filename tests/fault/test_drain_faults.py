# SPDX-License-Identifier: MIT
"""Every system call of a drain fails once, in turn; nothing leaks, hangs, or goes unsaid.

The list of calls is that of a first run without faults. Faults are ordered by the name of the call
and its number among those of that name, as who is ready first depends on chance.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault.drain_expectation import Fault, Setting, complaint, faults_of, is_a_lie, run
from tests.fault.drained import Value, drained, pattern

TALK = ("out", "3000", "err", "2000")
WRITTEN = (pattern(1, 3000), pattern(2, 2000))
ECHOED = (pattern(1, 3000) + pattern(0, 500), pattern(2, 2000))
STUBBORN = ("ignore", "out", "3000", "await", "3")
STUBBORN_WRITTEN = (pattern(1, 3000), b"")
LADDER: dict[str, Value] = {"hold": 1, "stop": 3000, "grace": 10}

SETTINGS = [
    Setting("ended", {"ended": 1}, TALK, WRITTEN),
    Setting("by-pid", {"by-pid": 1}, TALK, WRITTEN),
    Setting("fed", {"input": 500}, (*TALK, "echo"), ECHOED),
    Setting("source", {"source": 500, "tee1": "file"}, (*TALK, "echo"), ECHOED),
    Setting("tees", {"tee1": "pipe", "tee2": "socket"}, TALK, WRITTEN),
    Setting("broken", {"ended": 1, "input": 500, "tee1": "broken"}, TALK, WRITTEN),
    Setting("held", {"hold": 1, "linger": 0}, (*TALK, "leave", "await", "3"), WRITTEN),
    Setting("stopped", LADDER, STUBBORN, STUBBORN_WRITTEN),
    Setting("group", {**LADDER, "scope": "group"}, STUBBORN, STUBBORN_WRITTEN),
]
FLAWS = {
    "leak": "changed descriptor",
    "memory": "changed memory",
    "zombie": "changed children some",
    "mask": "changed mask",
    "hang": "still running",
    "lost": "lost without a word",
    "silent": "nobody is told",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_every_call_fails_once(setting: Setting, tmp_path: Path) -> None:
    clean = run(setting, tmp_path)
    assert not clean.report.complaints
    assert clean.report.numbers == {"open": 0, "run": 0, "reaped": 1}
    faults = [each for each in faults_of(clean.calls) if not is_a_lie(setting, each)]
    assert len(faults) > 2 * len(set(clean.calls)) // 3
    found = []
    injected = 0
    for fault in faults:
        made = run(setting, tmp_path, fault)
        injected += made.injected
        # Fewer were needed this time.
        is_met = made.injected or made.calls.count(fault.call) >= fault.number
        if is_met or made.report.complaints:
            found.append(complaint(setting, fault, clean, made))
    assert not [each for each in found if each]
    assert injected > len(faults) // 2


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_found(flaw: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls: a driver that does what a faulty drain would."""
    monkeypatch.setattr("tests.fault.outcome.TIME_LIMIT", 2)
    setting = SETTINGS[0]
    clean = run(setting, tmp_path)
    # An error that is told; but where it is no error that bytes are lost, one that does nothing.
    name, action = ("close", "after=4") if flaw == "lost" else ("read", "before=5")
    fault = Fault(name, 1, action)
    assert fault in list(faults_of(clean.calls))
    found = complaint(setting, fault, clean, run(setting, tmp_path, fault, flaw))
    assert found is not None
    assert FLAWS[flaw] in found


# ---- memory ----

ROOM = 8 * 1024  # kB
MUCH = 2 * 1024**3
BOUND = 1024**2


@pytest.mark.parametrize("keep", ["head", "tail", "head-and-tail"])
def test_a_bound_is_a_bound_of_memory(keep: str) -> None:
    report = drained({"keep1": keep, "most1": BOUND}, ["out", str(MUCH // 3), "err", "5"])
    assert not report.complaints
    assert report.number("output 1", "seen") == MUCH // 3
    assert report.number("output 1", "kept") == BOUND
    memory = report.rows["memory VmHWM"]
    assert int(memory["after"]) - int(memory["before"]) < ROOM


def test_without_a_bound_it_would_be_more() -> None:
    """The control: the measurement sees memory that is used."""
    report = drained({}, ["out", str(ROOM * 2 * 1024)])
    memory = report.rows["memory VmHWM"]
    assert int(memory["after"]) - int(memory["before"]) > ROOM
