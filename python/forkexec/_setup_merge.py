# SPDX-License-Identifier: MIT
"""Two Setups as one: what the right one says is what holds."""

from typing import Any, Dict, Mapping, Sequence

from forkexec._engine import engine
from forkexec._frozen import FrozenMapping
from forkexec._setup_table import ALTERNATIVES

# Said for one key at a time.
_BY_KEY = ("limits", "landlock", "namespaces", "map", "environment_set")
# Said for one member at a time: what is in one of such a pair is not in the other.
_OPPOSITES = (
    ("default_signals", "ignored_signals"),
    ("block_signals", "unblock_signals"),
)
_BY_MEMBER = ("environment_unset", "best_effort", "keep", "close") + _OPPOSITES[0] + _OPPOSITES[1]


def merged(left: Mapping[str, Any], right: Mapping[str, Any]) -> Dict[str, Any]:
    found = dict(left)
    _give_way(found, right)
    for keyword, value in right.items():
        before = found.get(keyword)
        if before is not None and keyword in _BY_KEY:
            value = FrozenMapping({**before, **value})
        elif before is not None and keyword in _BY_MEMBER:
            value = "all" if "all" in (before, value) else (*before, *value)
        found[keyword] = value
    return found


def _give_way(found: Dict[str, Any], right: Mapping[str, Any]) -> None:
    for pair in ALTERNATIVES:
        for ours, theirs in (pair, pair[::-1]):
            if theirs in right:
                found.pop(ours, None)
    for pair in _OPPOSITES:
        for ours, theirs in (pair, pair[::-1]):
            if theirs in right and ours in found:
                found[ours] = _without(found[ours], right[theirs])
    if "environment" in right:
        for keyword in ("environment_set", "environment_unset"):
            found.pop(keyword, None)
    if "environment_set" in found and "environment_unset" in right:
        unset = right["environment_unset"]
        found["environment_set"] = FrozenMapping(
            {name: value for name, value in found["environment_set"].items() if name not in unset}
        )


def _without(names: Sequence[str], taken: Sequence[str]) -> Sequence[str]:
    if taken == "all":
        return ()
    every = _signals() if names == "all" else names
    return tuple(name for name in every if name not in taken)


def _signals() -> Sequence[str]:
    found = (engine.name("signal", number) for number in range(1, 65))
    return [name for name in found if name not in (None, "KILL", "STOP")]
