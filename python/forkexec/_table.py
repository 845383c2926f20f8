# SPDX-License-Identifier: MIT
"""Stats as a short table."""

from typing import TYPE_CHECKING, List, Optional, Tuple

if TYPE_CHECKING:
    from forkexec._stats import Stats


def table(stats: "Stats") -> str:
    rows: List[Tuple[str, str]] = [("processes started", str(stats.spawns))]
    for mechanism, reason, count in sorted(stats.by_mechanism, key=lambda entry: -entry.spawns):
        rows.append((f"  by {mechanism} ({reason})", str(count)))
    rows.append(("failures", str(sum(stats.failures.values()))))
    for step, count in sorted(stats.failures.items(), key=lambda entry: (-entry[1], entry[0])):
        rows.append((f"  at {step}", str(count)))
    if stats.skipped:
        rows.append(("skipped", str(sum(stats.skipped.values()))))
    for attribute, count in sorted(stats.skipped.items()):
        rows.append((f"  {attribute}", str(count)))
    rows.append(("median spawn", _duration(stats.median)))
    rows.append(("slowest spawn", _duration(stats.slowest)))
    left = max(len(name) for name, _ in rows)
    right = max(len(value) for _, value in rows)
    return "\n".join(["forkexec", *(f"  {name:<{left}}  {value:>{right}}" for name, value in rows)])


def _duration(seconds: Optional[float]) -> str:
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds:.2f} s"
