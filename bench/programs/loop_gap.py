# SPDX-License-Identifier: MIT
"""Print the longest time, in seconds, that asyncio's loop stood still while a program was started.

loop_gap.py stock|forkexec PROGRAM
"""

import asyncio
import sys
import time
from typing import List

TICK = 0.002


async def start(engine: str, program: str) -> None:
    if engine == "forkexec":
        import forkexec

        await forkexec.aio.run([program], check=True)
    else:
        process = await asyncio.create_subprocess_exec(program)
        await process.wait()


async def main(engine: str, program: str) -> None:
    ticks: "List[float]" = []

    async def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            await asyncio.sleep(TICK)

    ticking = asyncio.ensure_future(tick())
    await asyncio.sleep(TICK)
    await start(engine, program)
    ticking.cancel()
    ticks.append(time.monotonic())
    print(max(later - earlier for earlier, later in zip(ticks, ticks[1:])))


asyncio.run(main(*sys.argv[1:]))
