# SPDX-License-Identifier: MIT
"""What speaks against a run having used the engine that it should have used.

Equal results prove nothing when both sides ran the same engine: interpreters that cannot load ours
start without it, in silence.
"""

from __future__ import annotations

from typing import Any, Dict, List

from .execution import Run

# What an interpreter started with -I has to have in common with the one that ran the tests.
_COMMON = {"file": "engine", "installed": "state of install()", "method": "method of Popen"}


def problems(
    stock: Run, ours: Run, stock_hash: str, our_hash: str, installed: bool = False
) -> List[str]:
    """`installed`: ours came by install(), and not in the place of CPython's module."""
    found = [f"stock: {text}" for text in _of_stock(stock, stock_hash)]
    return found + [f"ours: {text}" for text in _of_ours(ours, our_hash, installed)]


def _of_stock(run: Run, wanted: str) -> List[str]:
    if run.engine is None:
        return [run.problem or "no proof of the engine"]
    found = []
    if run.engine["hash"] != wanted:
        found.append(f"another engine was loaded: {run.engine['file'] or 'a built-in one'}")
    if run.engine["count_after"] is not None:
        found.append("the stock engine counts its spawns, so it is not the stock engine")
    return found


def _of_ours(run: Run, wanted: str, installed: bool) -> List[str]:
    facts = run.engine
    if facts is None:
        return [run.problem or "no proof of the engine"]
    if bool(facts["installed"]) is not installed:
        return [f"install() was{' not' * installed} in force"]
    found = []
    if facts["hash"] != wanted:
        found.append(f"another engine was loaded: {facts['file'] or 'a built-in one'}")
    if not facts["version"] or facts["count_after"] is None:
        found.append("the engine under test is not forkexec: it has no version or no counts")
    elif facts["count_after"] != int(facts["count_before"]) + 1:
        found.append("a process that was started did not go through the engine under test")
    for key, name in _COMMON.items():
        if facts["child"][key] != facts[key]:
            found.append(f"a child with -I has another {name}: {facts['child'][key] or 'none'}")
    return found + _of_method(facts, installed)


def _of_method(facts: Dict[str, Any], installed: bool) -> List[str]:
    """Whether processes were started by the method of Popen that is judged."""
    methods = (facts["method"], facts["wraps"])
    if methods != (("forkexec._popen", "subprocess") if installed else ("subprocess", "")):
        return [f"the method of Popen is that of {methods[0]}, around {methods[1] or 'none'}"]
    # Where no process is made by clone3 there is no short way to be judged.
    if installed and facts["mechanisms"] == ["clone3"] and facts["calls"] != ["popen"]:
        return [f"a plain Popen did not go the short way: {', '.join(facts['calls']) or 'no call'}"]
    if installed and not facts["mechanisms"]:
        return ["a plain Popen passed the engine under test by"]
    return []
