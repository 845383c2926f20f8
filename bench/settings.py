# SPDX-License-Identifier: MIT
"""Where things are, and how much is measured."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.interpreters import Interpreter, find
from tools.build import ROOT, build_directory

BUILD = ROOT / "build" / "bench"
NOTHING = BUILD / "bench" / "bench_nothing"
TINY = BUILD / "bench" / "bench_tiny"
SPAWN = BUILD / "bench" / "bench_spawn"
PROGRAMS = ROOT / "bench" / "programs"


@dataclass(frozen=True)
class Settings:
    rounds: int
    memory: list[int]
    """Resident megabytes of the process that starts others."""
    interpreters: list[Interpreter]


def build() -> None:
    """The measuring programs, and a folder that holds our package and no other."""
    build_directory("bench", ["-Dbench=true", "-Dtests=false", "-Dexamples=false"])
    spec = importlib.util.find_spec("forkexec")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("bench: the package forkexec is not installed; `make bench` does that")
    link = BUILD / "package" / "forkexec"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(Path(spec.submodule_search_locations[0]).resolve())


def python_environment() -> dict[str, str]:
    """For other interpreters: none of this one's settings, and our package to import."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(BUILD / "package"), "PYTHONDONTWRITEBYTECODE": "1"}


def run(command: list[str]) -> str:
    done = subprocess.run(
        command,
        env=python_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: failed: {' '.join(command)}\n{done.stderr}")
    return done.stdout


def all_interpreters() -> list[Interpreter]:
    return find()
