# SPDX-License-Identifier: MIT
"""The event loops that forkexec.aio is tested on, and what a task on any of them can do."""

import asyncio
import functools
from typing import Any, Awaitable, Callable, List

import anyio
import trio
import uvloop
from forkexec import aio
from forkexec._aio_loop import AnyioLoop, running

from tests.python.following import DEADLINE, Pipe

Run = Callable[[Callable[[], Awaitable[Any]]], Any]


async def _bounded(work: Callable[[], Awaitable[Any]]) -> Any:
    with anyio.fail_after(DEADLINE):
        return await work()


def on_asyncio(work: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), DEADLINE))


def on_uvloop(work: Callable[[], Awaitable[Any]]) -> Any:
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(asyncio.wait_for(work(), DEADLINE))
    finally:
        loop.close()


def on_trio(work: Callable[[], Awaitable[Any]]) -> Any:
    return trio.run(_bounded, work)


def on_anyio_over_asyncio(work: Callable[[], Awaitable[Any]]) -> Any:
    return anyio.run(_bounded, work)


LOOPS = [on_asyncio, on_uvloop, on_trio, on_anyio_over_asyncio]


@functools.lru_cache(None)
def warm_up() -> None:
    """What a loop opens once and for good, as uvloop does, is open before a test begins."""
    for loop in LOOPS:
        loop(lambda: aio.run(["true"]))


def shell(script: str) -> List[str]:
    return ["/bin/sh", "-c", script]


async def pause(turns: int) -> None:
    """Let the others have so many turns."""
    for _ in range(turns):
        await running().pause()


async def both(first: Callable[[], Awaitable[Any]], second: Callable[[], Awaitable[Any]]) -> None:
    if isinstance(running(), AnyioLoop):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(first)
            nursery.start_soon(second)
    else:
        await asyncio.gather(first(), second())


async def cancelled_when(
    ready: Callable[[], Awaitable[Any]], work: Callable[[], Awaitable[Any]]
) -> str:
    """What became of `work` when it was cancelled after `ready`."""
    outcome: List[str] = []

    async def observed() -> None:
        try:
            await work()
            outcome.append("returned")
        except BaseException as error:
            outcome.append(type(error).__name__)
            raise

    if isinstance(running(), AnyioLoop):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(observed)
            await ready()
            nursery.cancel_scope.cancel()
    else:
        task = asyncio.ensure_future(observed())
        await ready()
        task.cancel()
        await asyncio.wait([task])
    return outcome[0]


async def readable(pipe: Pipe) -> None:
    await running().wait(pipe.reader, False, None)


CANCELLED = {"CancelledError", "Cancelled"}
