# SPDX-License-Identifier: MIT
"""Running the launcher as it was built, and its own table of options."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE = 60  # seconds: only so that a hang becomes a failure
FAILED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


@dataclass(frozen=True)
class Outcome:
    status: int
    stdout: str
    stderr: str


def launcher(build: str = "default") -> str:
    return str(ROOT / "build" / build / "cli" / "forkexec")


def forkexec(
    *arguments: str | bytes,
    build: str = "default",
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | int = "",
    keep: tuple[int, ...] = (),
) -> Outcome:
    source: dict[str, Any] = (
        {"stdin": stdin} if isinstance(stdin, int) else {"input": stdin.encode()}
    )
    done = subprocess.run(
        [launcher(build), *arguments],
        cwd=cwd,
        env=dict(os.environ if environment is None else environment),
        **source,
        capture_output=True,
        pass_fds=keep,
        timeout=DEADLINE,
        check=False,
    )
    return Outcome(
        done.returncode,
        done.stdout.decode(errors="surrogateescape"),
        done.stderr.decode(errors="surrogateescape"),
    )


def fails(*arguments: str | bytes, status: int = FAILED, **options: Any) -> str:
    """What the launcher says of its own failure: one line, without its name."""
    outcome = forkexec(*arguments, **options)
    assert (outcome.status, outcome.stdout) == (status, ""), outcome
    assert outcome.stderr.startswith("forkexec: ") and outcome.stderr.endswith("\n"), outcome
    assert outcome.stderr.count("\n") == 1 and outcome.stderr[:-1].isprintable(), outcome
    return outcome.stderr[len("forkexec: ") : -1]


def succeeds(*arguments: str | bytes, **options: Any) -> str:
    outcome = forkexec(*arguments, **options)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome
    return outcome.stdout


def explained(*arguments: str | bytes, **options: Any) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(succeeds("explain", "--json", *arguments, **options))
    return plan


@dataclass(frozen=True)
class Option:
    """A row of the launcher's table."""

    subcommand: str
    family: str
    names: tuple[str, ...]
    value: str | None
    optional: bool
    repeats: bool
    list: bool
    fields: tuple[str, ...]
    help: str

    @property
    def name(self) -> str:
        return next(name for name in self.names if name.startswith("--"))

    @property
    def letter(self) -> str | None:
        return next((name for name in self.names if not name.startswith("--")), None)


@lru_cache(maxsize=None)
def options(subcommand: str = "exec") -> tuple[Option, ...]:
    rows = json.loads(succeeds("--print", "options"))
    return tuple(
        Option(**{**row, "names": tuple(row["names"]), "fields": tuple(row["fields"])})
        for row in rows
        if row["subcommand"] == subcommand
    )
