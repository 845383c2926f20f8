# SPDX-License-Identifier: MIT
"""Python: how many system calls the child makes before its exec."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from bench.figures import Verdict
from bench.outcome import Outcome, Progress, Table
from bench.settings import NOTHING, PROGRAMS, Settings, run
from tests.conformance.interpreters import Interpreter

ORDER = 10
LIMIT = 8
CASES = ["plain", "pass_fds"]


def steps(settings: Settings) -> int:
    return len(settings.interpreters)


def child_calls(interpreter: Interpreter, engine: str, case: str) -> list[str]:
    """The calls of the child up to the exec that succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        script = str(PROGRAMS / "popen_once.py")
        run(
            ["strace", "-f", "-qq", "-o", str(log), interpreter.executable]
            + [script, engine, case, str(NOTHING)]
        )
        lines = log.read_text().splitlines()
    calls: dict[str, list[str]] = {}
    for line in lines:
        pid, _, call = line.partition(" ")
        if not (match := re.match(r"\s*(\w+)\((.*)", call)):
            continue
        if match[1] == "execve" and f'"{NOTHING}"' in match[2]:
            return calls.get(pid, [])
        calls.setdefault(pid, []).append(match[1])
    raise SystemExit(f"bench: no execve of {NOTHING.name} under CPython {interpreter.label}")


def measure(settings: Settings, progress: Progress) -> Outcome:
    table = Table(
        "Python: system calls of the child before execve",
        ["CPython", "stock", "forkexec", "stock, pass_fds=(3,)", "forkexec, pass_fds=(3,)"],
    )
    outcome = Outcome(table)
    for interpreter in settings.interpreters:
        progress.start(f"system calls, CPython {interpreter.label}")
        found = {
            f"{engine}, {case}": child_calls(interpreter, engine, case)
            for case in CASES
            for engine in ("stock", "forkexec")
        }
        table.rows.append([interpreter.label, *(str(len(calls)) for calls in found.values())])
        outcome.facts[interpreter.label] = found
        ours = len(found["forkexec, plain"])
        outcome.verdicts.append(
            Verdict(f"child calls: CPython {interpreter.label}, forkexec", ours, LIMIT)
        )
        opened = sum(call.startswith("open") for call in found["forkexec, pass_fds"])
        outcome.verdicts.append(
            Verdict(
                f"child calls: CPython {interpreter.label}, forkexec, pass_fds: opens", opened, 0
            )
        )
    return outcome
