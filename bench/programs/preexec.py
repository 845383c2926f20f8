# SPDX-License-Identifier: MIT
"""Popen with a preexec_fn, by the stock engine and by ours in turn; prints the times as JSON.

preexec.py PROGRAM ROUNDS

The ballast in LD_PRELOAD makes this process as big as it is told to be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Callable

import forkexec

OURS_IN_A_ROUND = 5


def start(program: str, preexec_fn: Callable[[], object]) -> int:
    begin = time.perf_counter_ns()
    child = subprocess.Popen([program], preexec_fn=preexec_fn)
    status = child.wait()
    spent = time.perf_counter_ns() - begin
    if status != 0:
        sys.exit("the program failed")
    return spent


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    os.environ.pop("LD_PRELOAD", None)
    setup = forkexec.Setup(limits={"nofile": 256}, death_signal="TERM")
    callables: dict[str, Callable[[], object]] = {"os.setsid": os.setsid, "Setup": setup}
    if os.geteuid() == 0:
        # Not for shared memory: by the helper.
        callables["Setup, another user"] = forkexec.Setup(user=65534, group=65534, groups=[])
    times: dict[str, dict[str, list[int]]] = {}
    for name, preexec_fn in callables.items():
        stock: list[int] = []
        ours: list[int] = []
        for _ in range(rounds):
            forkexec.uninstall()
            stock.append(start(program, preexec_fn))
            forkexec.install()
            ours += [start(program, preexec_fn) for _ in range(OURS_IN_A_ROUND)]
        times[name] = {"stock": stock, "forkexec": ours}
    print(json.dumps(times))


main()
