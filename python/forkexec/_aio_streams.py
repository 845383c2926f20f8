# SPDX-License-Identifier: MIT
"""The ends of pipes that forkexec.aio.Popen has, as streams of bytes."""

import os
from typing import AsyncIterator, Optional

from forkexec._aio_loop import Loop

_SIZE = 65536


class _Stream:
    """One end of a pipe. At most one task waits for it at a time."""

    def __init__(self, loop: Loop, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._loop = loop
        self._descriptor: Optional[int] = descriptor
        self.busy = False  # a task waits for it

    @property
    def closed(self) -> bool:
        return self._descriptor is None

    def fileno(self) -> int:
        """ValueError if it is closed."""
        if self._descriptor is None:
            raise ValueError("I/O operation on a closed stream")
        return self._descriptor

    async def aclose(self) -> None:
        """Closing it twice is fine. RuntimeError while another task waits for it."""
        self.close()

    async def __aenter__(self) -> "_Stream":
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not self.busy:
            self.close()

    def close(self) -> None:
        """What aclose() does, for who is no task."""
        self.check_idle()
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def take(self) -> int:
        """The descriptor, which is the caller's from now on."""
        self.check_idle()
        descriptor = self.fileno()
        self._descriptor = None
        return descriptor

    def check_idle(self) -> None:
        if self.busy:
            raise RuntimeError("another task waits for this stream")

    async def _ready(self, writing: bool) -> int:
        self.check_idle()
        descriptor = self.fileno()
        self.busy = True
        try:
            await self._loop.wait(descriptor, writing, None)
        finally:
            self.busy = False
        return descriptor


class ReadStream(_Stream):
    """What a child writes."""

    def __init__(self, loop: Loop, descriptor: int) -> None:
        super().__init__(loop, descriptor)
        self._buffer = bytearray()
        self._ended = False

    async def read(self, size: int = -1) -> bytes:
        """At most so many bytes, as soon as there are any; -1: all of it. b"" is its end."""
        if size < 0:
            while await self._fill():
                pass
            return self._cut(len(self._buffer))
        if size > 0 and not self._buffer:
            await self._fill()
        return self._cut(size)

    async def readline(self) -> bytes:
        """With its newline, which only the last one may lack. b"" is the end."""
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                return self._cut(end + 1)
            searched = len(self._buffer)
            if not await self._fill():
                return self._cut(searched)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    async def _fill(self) -> bool:
        """False at the end."""
        while not self._ended:
            descriptor = await self._ready(writing=False)
            try:
                data = os.read(descriptor, _SIZE)
            except BlockingIOError:
                continue
            self._buffer += data
            self._ended = not data
            return not self._ended
        return False

    def take_buffer(self) -> bytes:
        """What has been read ahead."""
        return self._cut(len(self._buffer))

    def _cut(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


class WriteStream(_Stream):
    """What a child reads."""

    async def write(self, data: "bytes | bytearray | memoryview") -> None:
        """All of it: returns when the pipe has taken the last byte. BrokenPipeError: nobody reads
        it any more. Who is cancelled here does not know how much was written."""
        left = memoryview(data).cast("B")
        while left:
            descriptor = await self._ready(writing=True)
            try:
                written = os.write(descriptor, left)
            except BlockingIOError:
                continue
            left = left[written:]
