# SPDX-License-Identifier: MIT
"""What the drivers of event loops share: one loop, that starts a program and waits for it."""

import asyncio

from bench.programs.serving import Way


def through(loop: asyncio.AbstractEventLoop) -> Way:
    asyncio.set_event_loop(loop)

    async def start(program: str) -> int:
        process = await asyncio.create_subprocess_exec(program)
        return await process.wait()

    return Way(lambda program: loop.run_until_complete(start(program)))
