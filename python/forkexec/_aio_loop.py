# SPDX-License-Identifier: MIT
"""What forkexec.aio asks of an event loop: to wait for one descriptor, and not to be cancelled.

asyncio, with any loop that has add_reader(), as uvloop's; or trio, through anyio, which is imported
only there.
"""

import sys
from typing import Any, Awaitable, Callable, List, Optional, Type

if sys.version_info >= (3, 9):
    from collections.abc import Coroutine
else:
    from typing import Coroutine

Work = Callable[[], Coroutine[Any, Any, None]]


class Loop:
    """The event loop that runs the calling task."""

    cancelled: Type[BaseException]
    """What a task that is cancelled gets."""

    async def wait(self, descriptor: int, writing: bool, timeout: Optional[float]) -> None:
        """Until it is readable, or may be written to, or so many seconds are over."""
        raise NotImplementedError

    async def shielded(self, work: Work, again: Callable[[], None]) -> None:
        """Do it to its end, whoever cancels the task: then `again` is called, the work, which can
        go on where it was, is begun anew, and the cancellation is raised in the end."""
        raise NotImplementedError

    async def pause(self) -> None:
        """Let the others run, and a cancellation come in."""
        raise NotImplementedError


class AsyncioLoop(Loop):
    def __init__(self) -> None:
        import asyncio

        self._asyncio = asyncio
        self.cancelled = asyncio.CancelledError

    async def wait(self, descriptor: int, writing: bool, timeout: Optional[float]) -> None:
        loop = self._asyncio.get_running_loop()
        ready = loop.create_future()
        add, remove = (
            (loop.add_writer, loop.remove_writer)
            if writing
            else (loop.add_reader, loop.remove_reader)
        )
        add(descriptor, _settle, ready)
        timer = None if timeout is None else loop.call_later(timeout, _settle, ready)
        try:
            await ready
        finally:
            remove(descriptor)
            if timer is not None:
                timer.cancel()

    async def shielded(self, work: Work, again: Callable[[], None]) -> None:
        # In a task of its own: who cancels ours cancels the waiting for it, and no more.
        task = self._asyncio.ensure_future(work())
        lost: Optional[BaseException] = None
        while not task.done():
            try:
                await self._patiently(task)
            except self.cancelled as error:
                lost = error
                again()
                task.cancel()  # it sleeps until what was due before
                task = self._asyncio.ensure_future(work())
        task.result()
        if lost is not None:
            raise lost

    async def _patiently(self, task: "Awaitable[None]") -> None:
        if "anyio" not in sys.modules:
            await self._asyncio.wait([task])
            return
        # A cancel scope of anyio's would cancel the task anew at each turn of the loop.
        from anyio import CancelScope

        with CancelScope(shield=True):
            await self._asyncio.wait([task])

    async def pause(self) -> None:
        await self._asyncio.sleep(0)


def _settle(ready: Any) -> None:
    if not ready.done():
        ready.set_result(None)


class AnyioLoop(Loop):
    def __init__(self) -> None:
        import anyio
        import anyio.lowlevel

        self._anyio = anyio
        self.cancelled = anyio.get_cancelled_exc_class()
        # Before 4.7 under names that speak of sockets; trio's take any descriptor.
        names = ("wait_readable", "wait_writable")
        if not hasattr(anyio, names[0]):
            names = ("wait_socket_readable", "wait_socket_writable")
        self._waits: List[Callable[[Any], Awaitable[None]]] = [
            getattr(anyio, name) for name in names
        ]

    async def wait(self, descriptor: int, writing: bool, timeout: Optional[float]) -> None:
        with self._anyio.move_on_after(timeout):
            await self._waits[writing](descriptor)

    async def shielded(self, work: Work, again: Callable[[], None]) -> None:
        with self._anyio.CancelScope(shield=True):
            await work()

    async def pause(self) -> None:
        await self._anyio.lowlevel.checkpoint()


def running() -> Loop:
    """RuntimeError where no event loop runs."""
    sniffio = sys.modules.get("sniffio")  # trio has it, and tells it which tasks are its own
    if sniffio is not None:
        try:
            library = sniffio.current_async_library()
        except sniffio.AsyncLibraryNotFoundError:
            library = "asyncio"
        if library == "trio":
            return AnyioLoop()
    import asyncio

    asyncio.get_running_loop()
    return AsyncioLoop()
