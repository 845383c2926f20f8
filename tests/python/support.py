# SPDX-License-Identifier: MIT
"""Interpreters to run the installed package on, and what a run of one gave."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Mapping, Optional, Tuple

import forkexec
import forkexec._native

DEADLINE = 120  # seconds: only so that a hang becomes a failure


@dataclass(frozen=True)
class Outcome:
    """What one run gave. Addresses of objects differ from run to run and are masked."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Python:
    """An interpreter that can import forkexec."""

    label: str
    executable: str
    version: Tuple[int, int]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.label

    def run(
        self,
        *arguments: "str | bytes",
        cwd: "Optional[str | Path]" = None,
        stdin: str = "",
        environment: Optional[Mapping[str, str]] = None,
        merged: bool = False,
    ) -> Outcome:
        """Run it, with standard error in standard output if `merged`."""
        done = subprocess.run(
            [self.executable, *arguments],
            cwd=cwd,
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            env={**clean_environment(), **self.environment, **(environment or {})},
            timeout=DEADLINE,
            check=False,
        )
        return Outcome(done.returncode, _masked(done.stdout), _masked(done.stderr or b""))

    def succeed(self, code: str, *arguments: str, **options: "str | Path") -> str:
        """Run a program that has to succeed, and say what it printed."""
        outcome = self.run("-c", code, *arguments, **options)  # type: ignore[arg-type]
        assert (outcome.status, outcome.stderr) == (0, ""), outcome
        return outcome.stdout


def clean_environment() -> Dict[str, str]:
    """Without what would make an interpreter behave in another way than by itself."""
    removed = ("PYTHON", "COVERAGE", "VIRTUAL_ENV", "__PYVENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(removed)}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _masked(output: bytes) -> str:
    return re.sub(r"0x[0-9a-f]{6,}", "0x...", output.decode("utf-8", "surrogateescape"))


def copy_package(site: Path) -> None:
    """Put the installed package into another place, as an installation would."""
    native = forkexec._native.__file__
    assert forkexec.__file__ is not None and native is not None
    source = Path(forkexec.__file__).parent
    target = site / "forkexec"
    target.mkdir(parents=True)
    for path in [*source.glob("*.py"), *source.glob("*.pyi"), Path(native)]:
        if not (target / path.name).exists():
            shutil.copy(path, target / path.name)


def own() -> Python:
    """The interpreter that runs the tests, with the package as it is installed there."""
    return Python("own", sys.executable, sys.version_info[:2])


def fresh_environment(python: Python, place: Path) -> Python:
    """A virtual environment of `python` with only forkexec in it, installed by copying."""
    subprocess.run(
        [python.executable, "-m", "venv", "--without-pip", str(place)],
        env=clean_environment(),
        check=True,
        timeout=DEADLINE,
    )
    executable = str(place / "bin" / "python3")
    made = Python(python.label, executable, python.version)
    site = made.succeed("import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    copy_package(Path(site))
    return made
