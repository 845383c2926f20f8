# SPDX-License-Identifier: MIT
"""The work of the tests: commands that write down that they ran, and a gate some wait at."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COUNT = 200
DEADLINE = 120  # seconds: only so that a hang becomes a failure

# One short write to a file that is open for appending is never torn, nor lost to another's.
COMMAND = "sh -c 'echo {number} $SLURM_ARRAY_TASK_ID >> ran'"

# The second half of each fifty waits: that is the middle of every shard, whether shards are dealt
# out one by one or cut in pieces.
GATED = (
    "sh -c 'echo {number} >> begun; test -e open || {{ echo $PPID $SLURM_ARRAY_TASK_ID > waiting;"
    " read -r line < gate; }}; echo {number} $SLURM_ARRAY_TASK_ID >> ran'"
)


def is_gated(number: int) -> bool:
    return number % 50 >= 25


def commands(gated: bool = False) -> list[str]:
    return [
        (GATED if gated and is_gated(number) else COMMAND).format(number=number)
        for number in range(COUNT)
    ]


def numbers(file: Path) -> list[int]:
    return [int(line.split()[0]) for line in file.read_text().splitlines()]


def tasks(file: Path) -> set[str]:
    return {line.split()[1] for line in file.read_text().splitlines()}


def logged(log: Path) -> list[tuple[str, str, str]]:
    """Command, status and signal of each line of a job log, in GNU parallel's columns."""
    head, *rows = (line.split("\t") for line in log.read_text().splitlines())
    command, status, signal = (head.index(name) for name in ("Command", "Exitval", "Signal"))
    return [(row[command], row[status], row[signal]) for row in rows]


class Gate:
    """Where commands wait in `place`: each says who started it, then sleeps in read(2)."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.descriptors: list[int] = []
        self.heard = b""
        for name in ("waiting", "gate"):
            os.mkfifo(place / name)
            # Held open in both directions, so that no command ever waits in open(2).
            self.descriptors.append(os.open(place / name, os.O_RDWR | os.O_CLOEXEC))

    def wait_for(self, task: str, count: int) -> set[int]:
        """The starters of the commands of a task of the array, once `count` of them wait."""
        while True:
            lines = [line.split() for line in self.heard.split(b"\n")[:-1]]
            starters = [int(pid) for pid, name in lines if name == task.encode()]
            if len(starters) >= count:
                return set(starters)
            ready, _, _ = select.select([self.descriptors[0]], [], [], DEADLINE)
            assert ready, f"nobody came to the gate; so far {lines}"
            self.heard += os.read(self.descriptors[0], 4096)

    def open(self) -> None:
        (self.place / "open").touch()
        os.write(self.descriptors[1], b"go\n" * COUNT)

    def close(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


@contextmanager
def gate(place: Path) -> Iterator[Gate]:
    made = Gate(place)
    try:
        yield made
    finally:
        made.open()
        made.close()
