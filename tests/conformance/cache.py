# SPDX-License-Identifier: MIT
"""What the stock engine gave, kept for the next run of the same harness on the same files."""

from __future__ import annotations

import dataclasses
import glob
import hashlib
import json
import os
from typing import Optional, Sequence

from . import prefixes
from .execution import Outcome, Run
from .interpreters import Interpreter

_HERE = os.path.dirname(os.path.abspath(__file__))


def path_of(folder: str, interpreter: Interpreter, place: Sequence[str]) -> str:
    """Named for all that the results depend on: harness, interpreter, user, tools, tests."""
    digest = hashlib.sha256()
    for source in sorted(glob.glob(os.path.join(_HERE, "*.py"))):
        digest.update(prefixes.file_hash(source).encode())
    surroundings = (str(os.geteuid()), str(os.path.exists("/usr/bin/strace")))
    installed = (interpreter.prefix, prefixes.fingerprint(interpreter))
    for text in (*surroundings, *installed, *place):
        digest.update(text.encode() + b"\0")
    return os.path.join(folder, "cache", digest.hexdigest()[:32] + ".json")


def load(path: str) -> Optional[Run]:
    try:
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)
    except (OSError, ValueError):
        return None
    outcomes = {test: Outcome(**outcome) for test, outcome in facts.pop("outcomes").items()}
    run = Run(outcomes=outcomes, **facts)
    run.cached = True
    return run


def store(path: str, run: Run) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    partial = f"{path}.{os.getpid()}"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(run), file)
    os.replace(partial, path)
