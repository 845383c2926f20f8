# SPDX-License-Identifier: MIT
"""Run the driver under the injector, and read what came of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault.programs import PROGRAMS, fault_program

TIME_LIMIT = 20  # seconds: a bound on hanging; a run takes some 10 ms


@dataclass(frozen=True)
class Call:
    """A system call of the spawn: the number'th of `who`, parent or child."""

    who: str
    number: int
    name: str


@dataclass(frozen=True)
class Fault:
    call: Call
    action: str  # before=ERRNO, after=ERRNO, kill

    @property
    def error(self) -> int:
        return int(self.action.partition("=")[2] or 0)

    def __str__(self) -> str:
        return f"{self.call.who} {self.call.number} {self.call.name}: {self.action}"


@dataclass(frozen=True)
class Setting:
    variant: str
    mechanism: str = "auto"
    flaw: str = "none"


@dataclass
class Outcome:
    complaints: list[str] = field(default_factory=list)
    spawned: str | None = None  # mechanism and reason
    code: int = 0
    step: str = ""
    message: str = ""
    ended: str | None = None  # exit status and signal
    ran: bool = False
    report: str = ""
    calls: list[Call] = field(default_factory=list)
    injected: bool = False


def comparable(report: str) -> str:
    """What a report says that is the same each time: no process ids and no inodes."""
    pid = re.search(r"^pid (\d+)$", report, re.MULTILINE)
    own = pid.group(1) if pid else ""
    lines = []
    for line in report.splitlines():
        key, _, rest = line.partition(" ")
        if key == "descriptor":
            rest = " ".join(rest.split()[:3])
        elif key in ("session", "process-group"):
            rest = "its own" if rest == own else "another's"
        elif key == "environment" and rest == f"OWN_PID={own}":
            rest = "OWN_PID=its own"
        elif key in ("pid", "parent"):
            continue
        lines.append(f"{key} {rest}")
    return "\n".join(lines)


def read_output(text: str, outcome: Outcome) -> None:
    for line in text.splitlines():
        key, _, rest = line.partition(" ")
        if key == "spawned":
            outcome.spawned = rest
        elif key == "failed":
            code, _, outcome.step = rest.partition(" ")
            outcome.code = int(code)
        elif key == "message":
            outcome.message = rest
        elif key == "ended":
            outcome.ended = rest
        elif key == "ran":
            outcome.ran = True
        else:
            outcome.complaints.append(line)
    if outcome.spawned is None and not outcome.code:
        outcome.complaints.append("the driver said nothing")


def read_log(path: Path, outcome: Outcome) -> None:
    for line in path.read_text(encoding="ascii").splitlines():
        who, number, name, *injected = line.split()
        outcome.calls.append(Call(who, int(number), name))
        outcome.injected |= injected == ["injected"]


def execute(command: list[str]) -> tuple[int | None, str]:
    """None if it had to be stopped. Its own group, so that nothing of it is left then."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return None, output
        return process.returncode, output


def run(setting: Setting, folder: Path, fault: Fault | None = None) -> Outcome:
    outcome = Outcome()
    log, report = folder / "calls", folder / "report"
    log.write_bytes(b"")
    report.write_bytes(b"")
    report.chmod(0o666)  # the program may be anybody when it writes there
    if fault is None:
        order = ["parent", "0", "none"]
    else:
        order = [fault.call.who, str(fault.call.number), fault.action]
    status, output = execute(
        [
            fault_program("inject"),
            str(log),
            *order,
            fault_program("driver"),
            setting.variant,
            setting.mechanism,
            setting.flaw,
            str(PROGRAMS),
            str(report),
        ]
    )
    if status is None:
        outcome.complaints.append(f"still running after {TIME_LIMIT} s")
    elif status != 0:
        outcome.complaints.append(f"the driver ended with {status}")
    read_output(output, outcome)
    read_log(log, outcome)
    outcome.report = comparable(report.read_text(encoding="utf-8"))
    return outcome
