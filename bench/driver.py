# SPDX-License-Identifier: MIT
"""A process that starts programs when it is told to, and says how long that took.

bench/driver.c says what is spoken over its standard input and output.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.load import Load

DEADLINE = 300  # seconds: only so that what hangs becomes a failure


class DriverFailed(Exception):
    """It ended, said something else than it should, or does not carry the load."""


@dataclass(frozen=True)
class Program:
    """How a driver is started."""

    name: str
    language: str
    command: list[str]
    preload: bool = True
    """It takes up the ballast by LD_PRELOAD; if not, by itself."""
    early: bool = False
    """It can start a program before it takes up the ballast."""
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One of those that a driver has."""

    number: int
    name: str
    variant: str
    apart: bool


@contextmanager
def bound_to(processors: set[int] | None) -> Iterator[None]:
    """What is started meanwhile inherits it."""
    kept = os.sched_getaffinity(0)
    if processors is not None:
        os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, kept)


class Driver:
    def __init__(self, program: Program, load: Load, early: str | None = None) -> None:
        """`early` is started a few times before the load is taken up."""
        self.program = program
        self.version = ""
        self.ways: list[Way] = []
        self._unread = b""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (stop() closes it)
        arguments = [early] if early is not None and program.early else []
        with bound_to(load.bind()):
            self._process = subprocess.Popen(
                [*program.command, *arguments],
                env={**load.variables(program.preload), **program.variables},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
        try:
            self._read_introduction()
            missing = load.missing(self._process.pid)
            if missing:
                raise DriverFailed(f"{program.name} carries {', '.join(missing)}")
        except BaseException:
            self.stop()
            raise

    def time(self, program: str, runs: int, ways: list[Way]) -> list[list[int]]:
        """The nanoseconds of each run, by way."""
        numbers = [str(way.number) for way in ways]
        answer = self._ask("time", program, str(runs), *numbers)
        if len(answer) != runs * len(ways):
            raise DriverFailed(f"{self.program.name}: {len(answer)} figures for {runs} runs")
        return [answer[start : start + runs] for start in range(0, len(answer), runs)]

    def rate(self, program: str, runs: int, threads: int, way: Way) -> float:
        """Nanoseconds for each of the programs that so many threads started at once."""
        answer = self._ask("rate", program, str(runs), str(threads), str(way.number))
        return answer[0] / (runs * threads)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _read_introduction(self) -> None:
        while (line := self._read_line().split("\t")) != ["ready"]:
            if line[0] == "version" and len(line) == 2:
                self.version = line[1]
            elif line[0] == "way" and len(line) == 4:
                self.ways.append(Way(len(self.ways), line[1], line[2], line[3] == "apart"))
            else:
                raise DriverFailed(f"{self.program.name} introduced itself by {line}")

    def _ask(self, *words: str) -> list[int]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\t".join(words).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise DriverFailed(self._complaint("ended")) from None
        return [int(word) for word in self._read_line().split()]

    def _read_line(self) -> str:
        assert self._process.stdout is not None
        end = time.monotonic() + DEADLINE
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._process.stdout], [], [], end - time.monotonic())
            if not ready:
                raise DriverFailed(self._complaint("does not answer"))
            more = os.read(self._process.stdout.fileno(), 1 << 16)
            if not more:
                raise DriverFailed(self._complaint("ended"))
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def _complaint(self, what: str) -> str:
        self._errors.seek(0)
        return f"{self.program.name} {what}: {self._errors.read().decode(errors='replace').strip()}"
