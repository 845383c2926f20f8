# SPDX-License-Identifier: MIT
"""How long after the end of a child a wait with a timeout returns; prints nanoseconds as JSON.

wake.py PROGRAM ROUNDS

The program tells the moment just before its end. It lives for a time drawn anew each round, so
that it does not end in step with whoever looks at intervals.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import forkexec

TIMEOUT = 30
SHORTEST, LONGEST = 2_000_000, 150_000_000  # nanoseconds


def late(engine: type[subprocess.Popen[bytes]], program: str, pause: int) -> int:
    child = engine([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdin is not None
        child.stdin.write(pause.to_bytes(8, sys.byteorder))
        child.stdin.flush()
        child.wait(timeout=TIMEOUT)
        awake = time.monotonic_ns()
        assert child.stdout is not None
        return awake - int.from_bytes(child.stdout.read(), sys.byteorder)


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    engines = {"stock": subprocess.Popen, "forkexec": forkexec.Popen}
    times: dict[str, list[int]] = {name: [] for name in engines}
    for _ in range(rounds):
        pause = random.randint(SHORTEST, LONGEST)
        for name in random.sample(list(engines), len(engines)):
            times[name].append(late(engines[name], program, pause))
    print(json.dumps(times))


main()
