# SPDX-License-Identifier: MIT
"""What the engine has done so far in this process."""

from dataclasses import dataclass, field
from typing import Mapping, NamedTuple, Optional, Sequence, Tuple

from forkexec._engine import engine


class MechanismCount(NamedTuple):
    """How many processes were made in one way, and why in that way."""

    mechanism: str
    reason: str
    spawns: int


@dataclass(frozen=True)
class Stats:
    """A snapshot. Times are in seconds, None before the first process.

    A process that was made, and failed before it reached its program, is in `spawns` as well as,
    under the step at which it failed, in `failures`.
    The median is that of the latest processes (at most 4096); the slowest is that of all.
    """

    spawns: int
    by_mechanism: Tuple[MechanismCount, ...]
    failures: Mapping[str, int]
    median: Optional[float]
    slowest: Optional[float]
    skipped: Mapping[str, int] = field(default_factory=dict)
    """How often an attribute that need not succeed (`best_effort`) did not."""

    def table(self) -> str:
        """A few lines for people to read."""
        from forkexec._table import table

        return table(self)


def stats() -> Stats:
    """Processes started since this interpreter loaded the engine, or since the last fork."""
    counters = engine.stats()
    by_mechanism = tuple(MechanismCount(*entry) for entry in counters["spawns"])
    durations = counters["durations"]
    return Stats(
        spawns=sum(entry.spawns for entry in by_mechanism),
        by_mechanism=by_mechanism,
        failures=dict(counters["failures"]),
        median=_median(durations),
        slowest=counters["slowest"] if durations else None,
        skipped=dict(counters["skipped"]),
    )


def _median(values: Sequence[float]) -> Optional[float]:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
