# SPDX-License-Identifier: MIT
"""The extension module: the engine under subprocess, and its counters."""

from typing import Any, Dict, List, Tuple, TypedDict

class _Stats(TypedDict):
    spawns: List[Tuple[str, str, int]]
    failures: Dict[str, int]
    durations: List[float]
    slowest: float
    count: int

__version__: str

# 17, 21, 22 or 23 arguments: those of _posixsubprocess.fork_exec in any CPython.
def fork_exec(*args: Any) -> int: ...
def cloexec_pipe() -> Tuple[int, int]: ...
def stats() -> _Stats: ...
def stats_reset() -> None: ...
