# SPDX-License-Identifier: MIT
"""Print the longest time, in seconds, that an event loop did not turn while it started a program.

loop_gap.py stock|forkexec PROGRAM
"""

import asyncio
import sys
import time

TICK = 0.002


async def start(engine: str, program: str) -> None:
    if engine == "forkexec":
        import forkexec

        await forkexec.aio.run([program], capture_output=True)
        return
    child = await asyncio.create_subprocess_exec(program, stdout=asyncio.subprocess.PIPE)
    await child.communicate()


async def main() -> None:
    engine, program = sys.argv[1:]
    ticks = []

    async def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            await asyncio.sleep(TICK)

    if engine == "forkexec":
        import forkexec.aio  # noqa: F401  (its import is not what is measured)
    ticking = asyncio.ensure_future(tick())
    await asyncio.sleep(10 * TICK)
    await start(engine, program)
    ticks.append(time.monotonic())
    ticking.cancel()
    print(max(later - earlier for earlier, later in zip(ticks, ticks[1:])))


asyncio.run(main())
