# SPDX-License-Identifier: MIT
"""Where things are, and how much is measured."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field

from tests.conformance.interpreters import Interpreter
from tools.build import ROOT

BUILD = ROOT / "build" / "bench"
BINARIES = BUILD / "bench"
NOTHING = BINARIES / "bench_nothing"
TINY = BINARIES / "bench_tiny"
MOMENT = BINARIES / "bench_moment"
LAUNCHER = BUILD / "cli" / "forkexec"
PRELOAD = BINARIES / "libbench_preload.so"
CAPTURED = BINARIES / "libbench_captured.so"
PROGRAMS = ROOT / "bench" / "programs"
PACKAGE = BUILD / "package"
"""A folder that holds our package and no other."""


@dataclass(frozen=True)
class Settings:
    rounds: int
    interpreters: list[Interpreter]
    quick: bool = False
    """Few rounds, and of each axis its ends."""
    rivals: list[str] = field(default_factory=list)
    """Parts of the names of those to measure; none: all."""
    runs: int = 10
    """Of each way, in each round."""

    def wants(self, name: str) -> bool:
        return not self.rivals or any(part.lower() in name.lower() for part in self.rivals)


def python_variables() -> dict[str, str]:
    """What an interpreter must be told to find our package and the modules of the benchmark."""
    return {"PYTHONPATH": f"{PACKAGE}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: list[str], variables: dict[str, str] | None = None) -> str:
    """What it prints. `variables` are its whole environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command,
        env={**kept, **python_variables()} if variables is None else variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: failed: {' '.join(command)}\n{done.stderr}")
    return done.stdout
