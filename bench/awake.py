# SPDX-License-Identifier: MIT
"""Processors that are kept from sleeping.

How long a sleeping processor takes to wake is the machine's affair: in a virtual machine it is the
hypervisor that wakes it, when it comes to it. What is woken on it is late by so much, whoever
waits, and in whatever way. A loop of the idle class keeps a processor awake and yields it at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import forkexec

LOOP = ["/bin/sh", "-c", "while :; do :; done"]


@contextmanager
def awake() -> Iterator[None]:
    with ExitStack() as loops:
        for processor in os.sched_getaffinity(0):
            loop = forkexec.Popen(
                LOOP,
                scheduling="idle",
                affinity=[processor],
                death_signal="KILL",
                kill_scope="process",
            )
            loops.callback(loop.wait)
            loops.callback(loop.kill)
        yield
