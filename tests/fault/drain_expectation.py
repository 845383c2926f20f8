# SPDX-License-Identifier: MIT
"""Which faults of a drain there are to inject, and what must come of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from errno import (
    EAGAIN,
    EBADF,
    ECHILD,
    EINTR,
    EINVAL,
    EIO,
    EMFILE,
    ENOMEM,
    ENOSYS,
    EPERM,
    EPIPE,
    ESRCH,
)
from pathlib import Path
from zlib import crc32

from tests.fault import outcome
from tests.fault.drained import Report, Value, command, read_report
from tests.fault.programs import fault_program


@dataclass(frozen=True)
class Rule:
    """After an error of `passed` all is as if nothing had been; one of `said` stands somewhere in
    what is reported; after one that is `tolerated` nothing is wrong, or something is said.
    """

    passed: tuple[int, ...] = ()
    said: tuple[int, ...] = ()
    tolerated: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


RULES: dict[str, Rule] = {
    # It fails by what it returns, and that is no errno. tests/c/test_drain_allocation.c has these.
    "brk": Rule(),
    "mmap": Rule(tolerated=(ENOMEM,)),
    # A close that fails has closed nevertheless.
    "close": Rule(after=(EINTR, EIO)),
    # Whether it is open; how a tee was opened need not be known.
    "fcntl": Rule(tolerated=(EBADF,)),
    "newfstatat": Rule(passed=(EIO,)),
    # Making a stream non-blocking; how much there is need not be known.
    "ioctl": Rule(tolerated=(EIO,)),
    "poll": Rule(passed=(EINTR, EAGAIN), tolerated=(ENOMEM,)),
    "read": Rule(passed=(EINTR, EAGAIN), said=(EIO,)),
    "write": Rule(passed=(EINTR, EAGAIN), said=(EIO, EPIPE)),
    "sendto": Rule(passed=(EINTR, EAGAIN), said=(EIO, EPIPE)),
    # Cannot fail, with these arguments.
    "rt_sigprocmask": Rule(),
    "rt_sigpending": Rule(),
    "getpid": Rule(),
    "getpgid": Rule(tolerated=(ESRCH, EPERM)),
    "getpgrp": Rule(),
    "rt_sigtimedwait": Rule(passed=(EINTR,)),
    # Interrupted; or somebody else has reaped it.
    "waitid": Rule(passed=(EINTR,), after=(ECHILD,)),
    "wait4": Rule(passed=(EINTR,), after=(ECHILD,)),
    # Then the next rung is climbed.
    "pidfd_send_signal": Rule(tolerated=(EPERM, ESRCH)),
    "kill": Rule(tolerated=(EPERM, ESRCH)),
    # Who is in the scope cannot be known, or watched: the children are signalled.
    "getdents64": Rule(tolerated=(EIO, ENOMEM)),
    "openat": Rule(tolerated=(EMFILE, EPERM)),
    "pidfd_open": Rule(tolerated=(ENOSYS, EMFILE, EINVAL)),
    "readlinkat": Rule(tolerated=(EIO,)),
}
FEW = 4


@dataclass(frozen=True)
class Setting:
    name: str
    names: dict[str, Value]
    arguments: tuple[str, ...]
    # What would be captured of standard output and error if nothing failed.
    written: tuple[bytes, bytes]


@dataclass(frozen=True)
class Fault:
    call: str
    number: int
    action: str

    @property
    def error(self) -> int:
        return int(self.action.partition("=")[2])

    def __str__(self) -> str:
        return f"{self.call} {self.number}: {self.action}"


@dataclass
class Run:
    report: Report
    calls: list[str] = field(default_factory=list)
    injected: bool = False


def run(setting: Setting, folder: Path, fault: Fault | None = None, flaw: str = "none") -> Run:
    log = folder / "calls"
    log.write_bytes(b"")
    order = ["0", "none"] if fault is None else [f"{fault.call}:{fault.number}", fault.action]
    names = {**setting.names, "flaw": flaw}
    injection = [fault_program("inject"), str(log), "parent", *order]
    status, output = outcome.execute([*injection, *command(names, list(setting.arguments))])
    made = Run(read_report(output))
    if status is None:
        made.report.complaints.append("still running")
    elif status != 0:
        made.report.complaints.append(f"it ended with {status}")
    for line in log.read_text(encoding="ascii").splitlines():
        who, _, name, *injected = line.split()
        made.injected |= injected == ["injected"]
        if who == "parent":
            made.calls.append(name)
    return made


def is_a_lie(setting: Setting, fault: Fault) -> bool:
    """Of a child that still runs nobody ever hears that another has reaped it."""
    return fault.error == ECHILD and "hold" in setting.names


def faults_of(calls: list[str]) -> Iterator[Fault]:
    """Of a call that is made many times over, the first and the last few."""
    for name, count in Counter(calls).items():
        if name not in RULES:
            raise KeyError(f"{name}: say in RULES how it can fail")
        rule = RULES[name]
        for number in range(1, count + 1):
            if FEW < number <= count - FEW:
                continue
            for error in (*rule.passed, *rule.said, *rule.tolerated):
                yield Fault(name, number, f"before={error}")
            for error in rule.after:
                yield Fault(name, number, f"after={error}")


# ---- what must come of it ----

CODES = (
    ("state", "feed-code"),
    ("state", "stop-code"),
    ("output 1", "code"),
    ("output 1", "tee-code"),
    ("output 2", "code"),
    ("output 2", "tee-code"),
    ("end", "wait"),
)
# How far it went depends on chance.
CHANCE = ("memory VmHWM", "memory VmRSS")


def codes(report: Report) -> set[int]:
    numbers = [report.numbers.get("open", 0), report.numbers.get("run", 0)]
    rows = [int(report.rows[row][key]) for row, key in CODES if row in report.rows]
    return {code for code in (*numbers, *rows) if code}


def essence(report: Report) -> object:
    rows = {key: row for key, row in report.rows.items() if key not in CHANCE}
    return report.numbers, rows


def captured_complaints(setting: Setting, report: Report) -> list[str]:
    """Whatever failed, what is said to be the first bytes are the first bytes."""
    complaints = []
    for number, written in enumerate(setting.written, start=1):
        row = report.rows.get(f"output {number}")
        if row is None:
            continue
        kept = written[: int(row["kept"])]
        if (int(row["kept"]), int(row["check"])) != (len(kept), crc32(kept)):
            complaints.append(f"captured of {number}: {row}")
        is_short = len(kept) < len(written)
        if is_short and not codes(report) and report.rows["state"]["ending"] == "exit":
            complaints.append(f"output {number} lost without a word: {row}")
    return complaints


def is_zombie_left(fault: Fault, report: Report) -> bool:
    """Who is told that there is no such child any more leaves it at that."""
    is_over = report.numbers["open"] == report.numbers["run"] == 0
    return is_over and not report.numbers["reaped"] and fault.error != ECHILD


def rule_complaints(setting: Setting, fault: Fault, clean: Report, report: Report) -> list[str]:
    rule = RULES[fault.call]
    is_same = essence(report) == essence(clean)
    # Reading of processes, which is never interrupted.
    is_listing = "scope" in setting.names and bool(codes(report))
    if fault.error in rule.passed and not (is_same or is_listing):
        return [f"not as if nothing had been: {essence(report)}"]
    if fault.error in rule.said and fault.error not in codes(report):
        return ["nobody is told"]
    is_stopped = report.rows["end"]["signal"] == clean.rows["end"]["signal"] != "0"
    is_well = is_same or codes(report) or is_stopped or fault.error == ECHILD
    if fault.error in (*rule.tolerated, *rule.after) and not is_well:
        return [f"neither as if nothing had been, nor said: {essence(report)}"]
    return []


def complaint(setting: Setting, fault: Fault, clean: Run, made: Run) -> str | None:
    """What is wrong; None if all is as it must be."""
    report = made.report
    problems = [*report.complaints]
    if not problems:
        problems += captured_complaints(setting, report)
        problems += rule_complaints(setting, fault, clean.report, report)
        if is_zombie_left(fault, report):
            problems.append("a zombie is left")
    return f"{fault}: {'; '.join(problems)}" if problems else None
