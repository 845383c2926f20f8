# SPDX-License-Identifier: MIT
"""The worlds that every C test program runs in: which build of it, and which environment."""

from __future__ import annotations

import os
from dataclasses import dataclass

# An unprivileged user, without groups and capabilities, who can still reach the build directory.
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@dataclass(frozen=True)
class World:
    name: str
    build: str
    environment: dict[str, str]
    before: tuple[str, ...] = ()


def forced(build: str, mechanism: str) -> World:
    """A world whose commands all use one mechanism, where they do not ask for another."""
    return World(f"{build}-{mechanism}", build, {"FORKEXEC_TEST_MECHANISM": mechanism})


ALL = (
    World("default", "default", {}),
    forced("default", "clone3"),
    forced("default", "clone"),
    forced("default", "fork"),
    forced("default", "helper"),
    World("reserved", "default", {"FORKEXEC_TEST_RESERVED": "1"}),
    World("sanitize", "sanitize", {}),
    forced("sanitize", "fork"),
    forced("sanitize", "helper"),
    World("unprivileged", "default", {}, AS_NOBODY),
    World("unprivileged-fork", "default", {"FORKEXEC_TEST_MECHANISM": "fork"}, AS_NOBODY),
    World("unprivileged-helper", "default", {"FORKEXEC_TEST_MECHANISM": "helper"}, AS_NOBODY),
    World("posix", "posix", {"FORKEXEC_TEST_EXPECTED": "fork fastest"}),
)

# Whoever is not root is unprivileged in all of them.
WORLDS = tuple(world for world in ALL if os.geteuid() == 0 or not world.before)

BUILDS = tuple(dict.fromkeys(world.build for world in WORLDS))
