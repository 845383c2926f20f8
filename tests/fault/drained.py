# SPDX-License-Identifier: MIT
"""The program `drained`: one child followed by one drain; what it is told, and what it says."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import Union

from tests.fault.programs import PROGRAMS, fault_program

TIME_LIMIT = 30  # seconds: a bound on hanging
PERIOD = 65521
Value = Union[int, str]


def command(names: dict[str, Value], arguments: list[str]) -> list[str]:
    words = [f"{name}={value}" for name, value in names.items()]
    return [fault_program("drained"), str(PROGRAMS / "talk"), *words, "--", *arguments]


def table_of(stream: int) -> bytes:
    return bytes((at * 31 + (at >> 8) * 17 + stream * 101) & 255 for at in range(PERIOD))


TABLES = tuple(table_of(stream) for stream in range(3))


def pattern(stream: int, size: int, start: int = 0) -> bytes:
    """The bytes that tests/programs/talk.c writes; stream 0 is what `drained` feeds."""
    start %= PERIOD
    repeated = TABLES[stream] * ((start + size) // PERIOD + 1)
    return repeated[start : start + size]


@dataclass
class Report:
    """What the program printed, line by line: the words after the first come in pairs."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def number(self, row: str, key: str) -> int:
        return int(self.rows[row][key])


NUMBERED = ("open", "run", "reaped")
PAIRED = ("state", "end")
NAMED = ("output", "tee", "heard", "memory")


def read_report(text: str) -> Report:
    report = Report()
    for line in text.splitlines():
        key, *words = line.split()
        if key in NUMBERED:
            report.numbers[key] = int(words[0])
        elif key in PAIRED:
            report.rows[key] = dict(zip(words[::2], words[1::2]))
        elif key == "memory":
            row = report.rows.setdefault(f"memory {words[0]}", {})
            row["after" if row else "before"] = words[1]
        elif key == "heard":
            report.rows[key] = {"size": words[0], "check": words[2]}
        elif key in NAMED:
            report.rows[f"{key} {words[0]}"] = dict(zip(words[1::2], words[2::2]))
        elif key != "done":
            report.complaints.append(line)
    if not text.endswith("done\n"):
        report.complaints.append(f"it did not come to its end: {text!r}")
    return report


def drained(names: dict[str, Value], arguments: list[str]) -> Report:
    done = subprocess.run(
        command(names, arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    return read_report(done.stdout)
