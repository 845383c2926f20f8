# SPDX-License-Identifier: MIT
"""What tests of followed children share: gates that hold a child, and witnesses of its end."""

import os
import select
from typing import List

import pytest

DEADLINE = 60.0  # seconds: only so that a hang becomes a failure


class Pipe:
    """A pipe: a child holds it, or is held by it. Each end is closed once."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self._open = {self.reader, self.writer}

    def close(self, *ends: int) -> None:
        for end in ends or (self.reader, self.writer):
            if end in self._open:
                self._open.remove(end)
                os.close(end)

    def wait_for(self, word: bytes) -> None:
        """Until somebody has written this. EOFError: nobody will."""
        seen = b""
        while word not in seen:
            assert is_readable(self.reader), f"{word!r} did not come, only {seen!r}"
            data = os.read(self.reader, 4096)
            if not data:
                raise EOFError(f"{word!r} did not come, only {seen!r}")
            seen += data

    def wait_for_end(self) -> bytes:
        """Until nobody holds the other end any more: all who had it are gone."""
        self.close(self.writer)
        seen = b""
        while True:
            assert is_readable(self.reader), "somebody still holds it"
            data = os.read(self.reader, 65536)
            if not data:
                return seen
            seen += data

    def is_held(self) -> bool:
        """Whether somebody holds the writer, with nothing written."""
        self.close(self.writer)
        return not is_readable(self.reader, 0)


def is_readable(descriptor: int, seconds: float = DEADLINE) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def open_descriptors() -> List[str]:
    """What this process has open, without the directory that is being listed."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
        except FileNotFoundError:
            continue
    return sorted(found)


def assert_no_children() -> None:
    with pytest.raises(ChildProcessError):
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
