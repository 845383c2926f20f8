# SPDX-License-Identifier: MIT
"""The extension module: the engine under subprocess, and its counters."""

from typing import Any, TypedDict

class _Stats(TypedDict):
    spawns: list[tuple[str, str, int]]
    failures: dict[str, int]
    durations: list[float]
    slowest: float
    count: int

__version__: str

# 17, 21, 22 or 23 arguments: those of _posixsubprocess.fork_exec in any CPython.
def fork_exec(*args: Any) -> int: ...

# () if it runs, (errno, filename) or (errno,) if it failed, None if it is not for this function.
def popen(popen: object, arguments: tuple[Any, ...], /) -> tuple[Any, ...] | None: ...
def cloexec_pipe() -> tuple[int, int]: ...
def stats() -> _Stats: ...
def stats_reset() -> None: ...
