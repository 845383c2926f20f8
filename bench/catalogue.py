# SPDX-License-Identifier: MIT
"""Everything that can be measured, asked of the drivers themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bench.driver import Driver
from bench.languages import find_programs
from bench.load import Load
from bench.sweep import Rivals
from tests.conformance.interpreters import Interpreter


@lru_cache(maxsize=None)
def _catalogue(interpreters: tuple[Interpreter, ...]) -> list[Rivals]:
    """The first is the one with the floor and this library. Ways that leave traces in their
    process have one of their own, which they share with their variants."""
    found: list[Rivals] = []
    for program in find_programs(interpreters):
        driver = Driver(program, Load(memory=0, descriptors=0))
        driver.stop()
        shared = [way for way in driver.ways if not way.apart]
        if shared:
            found.append(Rivals(program, shared, driver.version))
        for name in dict.fromkeys(way.name for way in driver.ways if way.apart):
            own = [way for way in driver.ways if way.apart and way.name == name]
            found.append(Rivals(program, own, driver.version))
    return found


def catalogue(interpreters: Sequence[Interpreter]) -> list[Rivals]:
    return _catalogue(tuple(interpreters))
