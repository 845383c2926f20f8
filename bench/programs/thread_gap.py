# SPDX-License-Identifier: MIT
"""Print the longest time, in seconds, that a thread did not run while another started a program.

thread_gap.py stock|forkexec PROGRAM
"""

import subprocess
import sys
import threading
import time

TICK = 0.002


def main() -> None:
    engine, program = sys.argv[1:]
    if engine == "forkexec":
        import forkexec

        forkexec.install()
    ticks = []
    ticking, ended = threading.Event(), threading.Event()

    def tick() -> None:
        while not ended.is_set():
            ticks.append(time.monotonic())
            ticking.set()
            time.sleep(TICK)
        ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    ticking.wait()
    subprocess.Popen([program]).wait()
    ended.set()
    thread.join()
    print(max(later - earlier for earlier, later in zip(ticks, ticks[1:])))


main()
