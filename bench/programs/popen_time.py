# SPDX-License-Identifier: MIT
"""Print the nanoseconds of Popen and wait, the stock engine and ours in random order.

popen_time.py PROGRAM ROUNDS
"""

import json
import random
import subprocess
import sys
import time

import forkexec

WARM_UP_ROUNDS = 20


def main() -> None:
    program, rounds = sys.argv[1], int(sys.argv[2])
    ways = {"stock": forkexec.uninstall, "forkexec": forkexec.install}
    samples = {name: [] for name in ways}  # type: dict[str, list[int]]
    order = list(ways)
    for number in range(-WARM_UP_ROUNDS, rounds):
        random.shuffle(order)
        for name in order:
            ways[name]()
            begin = time.perf_counter_ns()
            status = subprocess.Popen([program]).wait()
            end = time.perf_counter_ns()
            if status != 0:
                raise SystemExit(f"{program} ended with status {status}")
            if number >= 0:
                samples[name].append(end - begin)
    json.dump(samples, sys.stdout)


main()
