# SPDX-License-Identifier: MIT
"""Runs inside the interpreter under test: which engine starts its processes. Seen, not assumed.

The recorder asks it when a suite has run. As a program of its own, ``python -I witness.py``, it
says the same of a fresh interpreter. Needs nothing but the standard library of CPython 3.8.
"""

from __future__ import annotations

import collections
import hashlib
import importlib
import json
import os
import subprocess
import sys
from typing import Any, Counter, Dict, List, Optional


def facts() -> Dict[str, object]:
    """What this process has used, and what its children will."""
    before = spawn_count()
    child = _child()
    after = spawn_count()
    return {
        **identity(),
        "child": child,
        "posix_spawn": bool(getattr(subprocess, "_USE_POSIX_SPAWN", False)),
        "count_before": before,
        "count_after": after,
        # Only now: whether a process may go the short way hangs on how the one before was made.
        **_plain_spawn(),
    }


def identity() -> Dict[str, object]:
    engine = _engine()
    path = getattr(engine, "__file__", None)
    digest = ""
    if path:
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
    package = _package()
    method: Any = subprocess.Popen._execute_child  # type: ignore[attr-defined]
    return {
        "file": path or "",
        "hash": digest,
        "version": getattr(engine, "__version__", ""),
        "installed": package is not None and package.installed(),
        "method": _home(method),
        "wraps": _home(getattr(method, "__wrapped__", None)),
    }


def spawn_count() -> Optional[int]:
    """How many processes our engine has started in this process; None for an engine not ours."""
    package = _package()
    if package is not None and package.installed():
        return int(package.stats().spawns)
    stats = getattr(_engine(), "stats", None)
    return None if stats is None else int(stats()["count"])


def _engine() -> Any:
    return importlib.import_module("_posixsubprocess")


def _package() -> Any:
    """forkexec, where an interpreter of this copy can import it."""
    try:
        return importlib.import_module("forkexec")
    except ImportError:
        return None


def _home(function: Any) -> str:
    """The module that a function was written in, whatever name it goes by."""
    return str(getattr(function, "__globals__", {}).get("__name__", ""))


def _child() -> Dict[str, object]:
    # A directory of its own keeps every version's subprocess away from posix_spawn; -I shuts the
    # environment out, so that only what stands in the prefix itself counts.
    child = subprocess.run(
        [sys.executable, "-I", os.path.abspath(__file__)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(child.stdout))


def _mechanisms() -> Counter[str]:
    """How many processes our engine has made by each mechanism."""
    stats = getattr(_engine(), "stats", None)
    counts: Counter[str] = collections.Counter()
    for mechanism, _, spawns in stats()["spawns"] if stats is not None else ():
        counts[mechanism] += spawns
    return counts


def _plain_spawn() -> Dict[str, object]:
    """What of the engine Popen calls for a plain command, and how the engine makes the process."""
    engine = _engine()
    calls: List[str] = []

    def watch(frame: object, event: str, argument: Any) -> None:
        if event == "c_call" and getattr(argument, "__self__", None) is engine:
            calls.append(argument.__name__)

    before = _mechanisms()
    sys.setprofile(watch)
    try:
        child = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""], cwd="/")
    finally:
        sys.setprofile(None)
    child.wait()
    return {"calls": calls, "mechanisms": sorted(_mechanisms() - before)}


if __name__ == "__main__":
    print(json.dumps(identity()))
