# SPDX-License-Identifier: MIT
"""How long after the end of a child a wait returns; prints nanoseconds as JSON.

wake.py PROGRAM ROUNDS

The program tells the moment just before it asks for its end. It lives for a time drawn anew each
round, so that it does not end in step with whoever looks at intervals.

From that moment on the kernel first takes the process apart, and only then lets anybody see that it
has ended. How long that takes is told by one who looks all the time ("looking"); what another
takes more than that is the lateness of its waking up.
"""

from __future__ import annotations

import json
import random
import select
import subprocess
import sys
import time
from typing import Any, Callable

import forkexec

TIMEOUT = 30
SHORTEST, LONGEST = 2_000_000, 150_000_000  # nanoseconds


def look(child: Any) -> None:
    poll = select.poll()
    poll.register(child.pidfd, select.POLLIN)
    while not poll.poll(0):
        pass


def wait(child: subprocess.Popen[bytes]) -> None:
    child.wait(timeout=TIMEOUT)


def block(child: subprocess.Popen[bytes]) -> None:
    child.wait()


WAYS: dict[str, tuple[type[subprocess.Popen[bytes]], Callable[[Any], None]]] = {
    "looking": (forkexec.Popen, look),
    "blocking": (subprocess.Popen, block),
    "stock": (subprocess.Popen, wait),
    "forkexec": (forkexec.Popen, wait),
}


def late(way: str, program: str, pause: int) -> int:
    engine, until_it_ends = WAYS[way]
    child = engine([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdin is not None
        child.stdin.write(pause.to_bytes(8, sys.byteorder))
        child.stdin.flush()
        until_it_ends(child)
        awake = time.monotonic_ns()
        assert child.stdout is not None
        return awake - int.from_bytes(child.stdout.read(), sys.byteorder)


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    times: dict[str, list[int]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        pause = random.randint(SHORTEST, LONGEST)
        for name in random.sample(list(WAYS), len(WAYS)):
            times[name].append(late(name, program, pause))
    print(json.dumps(times))


main()
