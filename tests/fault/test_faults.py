# SPDX-License-Identifier: MIT
"""Every system call of a spawn fails once, in turn; nothing leaks, hangs, or goes unsaid.

The list of calls is that of a first run without faults. What is checked after each: bounded
time, the exact errno and step, the parent unchanged and without children, the program never run,
or run exactly as specified.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fault.expectation import complaint, faults_of
from tests.fault.outcome import Call, Fault, Setting, run

SETTINGS = [
    *(Setting("plain", mechanism) for mechanism in ("auto", "clone3", "clone", "fork")),
    *(Setting("rich", mechanism) for mechanism in ("auto", "clone3", "clone", "fork")),
    Setting("search", "clone3"),
    Setting("crowd"),
    Setting("late"),
    *(Setting("missing", mechanism) for mechanism in ("clone3", "fork")),
    *(Setting("pipeline", mechanism) for mechanism in ("auto", "clone3", "fork")),
    *(Setting("half-pipeline", mechanism) for mechanism in ("clone3", "fork")),
    *(Setting("attributes", mechanism) for mechanism in ("auto", "fork")),
    *([Setting("identity"), Setting("privileged")] if os.geteuid() == 0 else []),
]
FLAWS = {
    "leak": "changed descriptor",
    "zombie": "changed children some",
    "mask": "changed mask",
    "hang": "still running",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: f"{each.variant}-{each.mechanism}")
def test_every_call_fails_once(setting: Setting, tmp_path: Path) -> None:
    clean = run(setting, tmp_path)
    assert not clean.complaints
    assert (clean.spawned is None) == (setting.variant in ("missing", "half-pipeline"))
    faults = list(faults_of(clean.calls))
    assert len(faults) > 2 * len({call.name for call in clean.calls})
    found = (complaint(setting, fault, clean, run(setting, tmp_path, fault)) for fault in faults)
    assert not [each for each in found if each]


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_found(flaw: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls: a driver that does what a faulty engine would after a failed spawn."""
    monkeypatch.setattr("tests.fault.outcome.TIME_LIMIT", 2)
    setting = Setting("rich", "clone3", flaw)
    clean = run(setting, tmp_path)
    fault = next(
        fault for fault in faults_of(clean.calls) if fault.call.name == "execve" and fault.error
    )
    found = complaint(setting, fault, clean, run(setting, tmp_path, fault))
    assert found is not None
    assert FLAWS[flaw] in found


def test_an_inherited_descriptor_is_found(tmp_path: Path) -> None:
    clean = run(Setting("rich", "clone3"), tmp_path)
    flawed = run(Setting("rich", "clone3", "inherit"), tmp_path)
    assert "descriptors 0 1 2 5 8 9 10\n" in clean.report
    assert "descriptors 0 1 2 5 8 9 10 12\n" in flawed.report


def test_a_fault_that_does_not_happen_is_found(tmp_path: Path) -> None:
    setting = Setting("plain", "clone3")
    clean = run(setting, tmp_path)
    fault = Fault(Call("child", 10000, "execve"), "kill")
    found = complaint(setting, fault, clean, run(setting, tmp_path, fault))
    assert found is not None
    assert "not injected" in found


def test_the_fast_path_stays_fast(tmp_path: Path) -> None:
    """Each call of the child's is time in which the parent's thread waits."""
    clean = run(Setting("plain", "clone3"), tmp_path)
    # The child that once finds out whether memory is shared does nothing but end.
    child = [call.name for call in clean.calls if call.who == "child" and call.name != "exit_group"]
    assert child[-1] == "execve"
    assert len(child) - 1 <= 8
    assert not {"openat", "getdents64"} & set(child)
