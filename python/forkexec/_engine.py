# SPDX-License-Identifier: MIT
"""The C engine, prepared once in each interpreter that uses it."""

import os

import forkexec._native as engine

__all__ = ["engine"]

# A forked child reports its own processes, not those its parent started.
os.register_at_fork(after_in_child=engine.stats_reset)
