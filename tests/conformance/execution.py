# SPDX-License-Identifier: MIT
"""One suite in one copy: run it, and go on behind a test that crashed or hung."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .prefixes import Copy

_HERE = os.path.dirname(os.path.abspath(__file__))

# What tests may use beyond the ordinary: processor time and wall-clock time, never the network.
RESOURCES = ("cpu", "subprocess", "walltime")

PASSED, SKIPPED, FAILED, ERROR = "passed", "skipped", "failed", "error"
CRASHED, TIMED_OUT = "crashed", "timed out"
MISSING = "did not run"

# A test that is silent for so long hangs; the longest honest ones take about a minute when the
# machine has nothing else to do.
IDLE_LIMIT = 240.0
TOTAL_LIMIT = 2400.0
_RESTARTS = 8

SAME_USER = -1
OTHER_USER = 65534
"""nobody, by the number that it has nearly everywhere."""


@dataclasses.dataclass(frozen=True)
class Setting:
    lifeline: int
    """The reading end of a pipe. When its other end closes, all that runs is ended."""
    user: int = SAME_USER
    idle: float = IDLE_LIMIT


@dataclasses.dataclass
class Outcome:
    result: str
    seconds: float = 0.0
    detail: str = ""

    @property
    def bad(self) -> bool:
        return self.result not in (PASSED, SKIPPED)


@dataclasses.dataclass
class Run:
    """What one suite gave in one copy."""

    outcomes: Dict[str, Outcome] = dataclasses.field(default_factory=dict)
    engine: Optional[Dict[str, Any]] = None
    problem: str = ""
    seconds: float = 0.0
    leftovers: int = 0
    cached: bool = False

    def count(self, result: str) -> int:
        return sum(1 for outcome in self.outcomes.values() if outcome.result == result)

    @property
    def total(self) -> int:
        return len(self.outcomes)

    @property
    def bad(self) -> int:
        return sum(1 for outcome in self.outcomes.values() if outcome.bad)


def _environment(copy: Copy, folder: str) -> Dict[str, str]:
    """This process's environment without what would steer the interpreter under test."""
    unwanted = ("PYTHON", "LD_", "VIRTUAL_ENV", "MALLOC_", "ASAN_", "UBSAN_", "PYENV_VERSION")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    kept.update(copy.environment, TMPDIR=folder, HOME=folder)
    return kept


def _run_once(
    copy: Copy, specification: Dict[str, Any], folder: str, setting: Setting
) -> Dict[str, Any]:
    """One process; returns what its keeper tells of its end."""
    path = os.path.join(folder, "specification.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(specification, file)
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.mkdir(work)
    # Anyone: tests start children with other user ids in it.
    os.chmod(work, 0o777)
    if setting.user >= 0:
        os.chown(folder, setting.user, setting.user)
        os.chown(work, setting.user, setting.user)
    command = [
        sys.executable,
        os.path.join(_HERE, "keeper.py"),
        str(setting.idle),
        str(TOTAL_LIMIT),
    ]
    command += [specification["journal"], str(setting.user)]
    command += [copy.python, os.path.join(_HERE, "recorder.py"), path]
    with open(os.path.join(folder, "log"), "ab") as log:
        keeper = subprocess.Popen(
            command,
            cwd=work,
            env=_environment(copy, work),
            stdin=setting.lifeline,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        assert keeper.stdout is not None
        with keeper.stdout:
            answer = keeper.stdout.read()
            keeper.wait()
    try:
        return dict(json.loads(answer))
    except ValueError:
        return {"status": keeper.returncode, "stopped": "no answer of the keeper", "leftovers": 0}


def _events(path: str) -> List[Dict[str, Any]]:
    try:
        with open(path, encoding="ascii") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except OSError:
        return []


def _read(run: Run, events: Sequence[Dict[str, Any]]) -> Tuple[str, bool]:
    """Take the events into `run`; returns the test that was running last, and whether all ran."""
    running, finished = "", False
    for event in events:
        if event["event"] == "start":
            running = event["test"]
        elif event["event"] == "end":
            running = ""
            _record(run, event)
        else:
            finished = True
            run.engine = event["engine"]
            if run.engine is None:
                run.problem = "the proof of the engine failed: " + str(event["detail"])
    return running, finished


def _record(run: Run, event: Dict[str, Any]) -> None:
    """Setting up and tearing down a class can both speak for the same name: the worse one stays."""
    outcome = Outcome(event["outcome"], event["seconds"], event["detail"])
    known = run.outcomes.get(event["test"])
    if known is None or not known.bad:
        run.outcomes[event["test"]] = outcome


def run_suite(
    copy: Copy,
    module: str,
    setting: Setting,
    methods: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Run:
    """Run a module of the copy's tests (`only`: these tests of it) to its end."""
    began = time.monotonic()
    run = Run()
    # Short, because the names of sockets below it must stay under 108 bytes.
    folder = tempfile.mkdtemp(prefix="fxc", dir="/tmp" if os.path.isdir("/tmp") else None)
    os.chmod(folder, 0o755)
    try:
        _run_to_end(run, copy, module, setting, methods, only, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    run.seconds = round(time.monotonic() - began, 1)
    return run


def _run_to_end(
    run: Run,
    copy: Copy,
    module: str,
    setting: Setting,
    methods: Sequence[str],
    only: Sequence[str],
    folder: str,
) -> None:
    for attempt in range(_RESTARTS + 1):
        journal = os.path.join(folder, f"journal-{attempt}")
        specification = {
            "module": module,
            "methods": list(methods),
            "only": list(only),
            "done": list(run.outcomes),
            "journal": journal,
            "resources": list(RESOURCES),
        }
        end = _run_once(copy, specification, folder, setting)
        run.leftovers += int(end["leftovers"])
        running, finished = _read(run, _events(journal))
        if finished:
            return
        how = _ending(end)
        if not running:
            run.problem = f"{how} between two tests: {_tail(folder)}"
            return
        result = TIMED_OUT if end["stopped"] else CRASHED
        run.outcomes[running] = Outcome(result, detail=f"{how}\n{_tail(folder)}")
        if end["stopped"] == "total":
            run.problem = f"not done after {TOTAL_LIMIT:.0f} s"
            return
    run.problem = f"given up after {_RESTARTS + 1} crashes or hangs"


def _ending(end: Dict[str, Any]) -> str:
    if end["stopped"]:
        return f"stopped ({end['stopped']})"
    return f"the interpreter ended with status {end['status']}"


def _tail(folder: str) -> str:
    with open(os.path.join(folder, "log"), "rb") as file:
        return file.read()[-3000:].decode("utf-8", "backslashreplace")
