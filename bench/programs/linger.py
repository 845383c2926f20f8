# SPDX-License-Identifier: MIT
"""How late run() returns where a grandchild holds the output; prints seconds as JSON, by way.

linger.py PROGRAM ROUNDS

The program tells the moment of its end. The grandchild holds the streams for HELD seconds; run()
is to wait for it no longer than LINGER.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any, Callable

import forkexec

HELD, LINGER = 1.0, 0.2
NOW = (0).to_bytes(8, sys.byteorder)


def late(run: Callable[[list[str]], Any], program: str, linger: float) -> float:
    script = f'sleep {HELD} & exec "$0"'
    done = run(["/bin/sh", "-c", script, program])
    returned = time.monotonic_ns()
    return (returned - int.from_bytes(done.stdout[:8], sys.byteorder)) / 1e9 - linger


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    times: dict[str, list[float]] = {"stock": [], "forkexec": []}

    def stock(command: list[str]) -> Any:
        return subprocess.run(command, input=NOW, capture_output=True)

    def ours(command: list[str]) -> Any:
        return forkexec.run(command, input=NOW, capture_output=True, linger=LINGER)

    for _ in range(rounds):
        times["stock"].append(late(stock, program, 0))
        times["forkexec"].append(late(ours, program, LINGER))
    print(json.dumps(times))


main()
