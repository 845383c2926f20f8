# SPDX-License-Identifier: MIT
"""The worlds that every C test program runs in: which build of it, and which environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    name: str
    build: str
    environment: dict[str, str]


def forced(build: str, mechanism: str) -> World:
    """A world whose commands all use one mechanism, where they do not ask for another."""
    return World(f"{build}-{mechanism}", build, {"FORKEXEC_TEST_MECHANISM": mechanism})


WORLDS = (
    World("default", "default", {}),
    forced("default", "clone3"),
    forced("default", "clone"),
    forced("default", "fork"),
    World("reserved", "default", {"FORKEXEC_TEST_RESERVED": "1"}),
    World("sanitize", "sanitize", {}),
    forced("sanitize", "fork"),
    World("posix", "posix", {"FORKEXEC_TEST_EXPECTED": "fork fastest"}),
)

BUILDS = tuple(dict.fromkeys(world.build for world in WORLDS))
