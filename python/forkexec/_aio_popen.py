# SPDX-License-Identifier: MIT
"""forkexec.aio.Popen: a child to talk to from a task."""

import contextlib
import signal
from typing import Any, Dict, Generator, Optional, Tuple

from forkexec import _aio_follow as aio_follow
from forkexec import _follow as follow
from forkexec._aio_loop import Loop, running
from forkexec._aio_streams import ReadStream, WriteStream
from forkexec._call import Call
from forkexec._popen_class import refuse_for_popen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from forkexec._native import Child
    from forkexec._result import Result, Usage
    from forkexec._types import RunKeywords


class Popen:
    """A child of a task. Its streams carry bytes; communicate() also text, if that was asked for.

        async with forkexec.aio.Popen(["make"], stdout=subprocess.PIPE) as make:
            async for line in make.stdout: ...

    It takes the keywords of forkexec.Popen. `async with` starts it, and so does `await`. Leaving
    the block waits for it; by an exception, or when the task is cancelled, stops it before.
    """

    stdin: Optional[WriteStream] = None
    stdout: Optional[ReadStream] = None
    stderr: Optional[ReadStream] = None
    result: "Optional[Result]" = None
    """What came of communicate() when that was over."""

    _loop: Loop
    _child: "Optional[Child]" = None
    _following: Optional[follow.Following] = None
    _unknown: Optional[int] = None

    def __init__(self, args: Any, **keywords: "Unpack[RunKeywords]") -> None:
        given: Dict[str, Any] = dict(keywords)
        refuse_for_popen(given)
        self.args = args
        self._call = Call(args, given, "Popen")

    # ---- start and end ----

    def __await__(self) -> "Generator[Any, None, Popen]":
        return self._start().__await__()

    async def __aenter__(self) -> "Popen":
        return await self._start()

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        try:
            if kind is None:
                self._close_streams()
                await self.wait()
        except BaseException:
            await self.stop()
            raise
        finally:
            if kind is not None:
                await self.stop()
            self._close_streams()

    async def _start(self) -> "Popen":
        if self._child is not None:
            raise RuntimeError("it has been started already")
        self._loop = running()
        child = await aio_follow.begun(self._loop, self._call)
        ends = [child.take(stream) if child.descriptor(stream) >= 0 else -1 for stream in range(3)]
        self._child = child
        if ends[0] >= 0:
            self.stdin = WriteStream(self._loop, ends[0])
        self.stdout, self.stderr = (
            ReadStream(self._loop, end) if end >= 0 else None for end in ends[1:]
        )
        return self

    def _close_streams(self) -> None:
        """But for one that another task waits for."""
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None and not stream.busy:
                stream.close()
        if self._following is not None:
            self._following.drain.close()

    def __del__(self) -> None:
        self._call.close()

    # ---- what there is to see ----

    @property
    def pid(self) -> int:
        return self._started().pid

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable when the child has ended; -1 where there is none."""
        return self._started().pidfd

    @property
    def returncode(self) -> Optional[int]:
        """The status, or -N if signal N ended it; None until that has been seen."""
        end = self._child.end if self._child is not None else None
        return self._unknown if end is None else end[0]

    @property
    def usage(self) -> "Optional[Usage]":
        """What it used, once its end has been seen."""
        found = follow.ended(self._child)
        return None if found is None else found.usage

    @property
    def duration(self) -> Optional[float]:
        """How many seconds it ran, once its end has been seen."""
        found = follow.ended(self._child)
        return None if found is None else found.duration

    def poll(self) -> Optional[int]:
        """Look whether it has ended: the status, or None."""
        child = self._started()
        if self.returncode is None:
            try:
                child.wait(0)
            except ChildProcessError:
                self._unknown = 0  # somebody else has reaped it, or SIGCHLD is ignored
        return self.returncode

    def _started(self) -> "Child":
        if self._child is None:
            raise RuntimeError("it has not been started; `async with` and `await` do that")
        return self._child

    # ---- signals ----

    def send_signal(self, sig: int, scope: Optional[str] = None) -> None:
        """Send a signal to the child, or to all in a scope: "group", "session", "descendants", ...

        Does nothing once the end of the child has been seen, or if nobody is left in the scope.
        """
        reached = None if scope is None else follow.scope_called(scope, self._call)
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._started().signal(sig, reached)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def stop(self) -> int:
        """Stop the child and all in its kill_scope: the stop_signal, `grace` seconds, then KILL.

        Returns the status as soon as nobody is left. It cannot be cancelled, but on asyncio, who
        tries does not wait for the grace. TimeoutError: somebody is left, even so.
        """
        if self.poll() is None:
            drain = aio_follow.lone_drain(self._call, self._started())
            try:
                await aio_follow.stopped(self._loop, drain)
                if drain.state()[-1]:
                    raise TimeoutError("the child has outlived its ladder")
            finally:
                drain.close()
        return self._status()

    # ---- waiting ----

    async def wait(self) -> int:
        """Until it has ended: the status. Who is cancelled here leaves the child as it is."""
        if self.poll() is None:
            drain = aio_follow.lone_drain(self._call, self._started())
            try:
                await aio_follow.followed(self._loop, drain)
            finally:
                drain.close()
        return self._status()

    def _status(self) -> int:
        status = self.poll()
        assert status is not None  # a drain returns when the child has been reaped
        return status

    async def communicate(self, input: Any = None) -> Tuple[Any, Any]:
        """Send input, read standard output and error to their ends, and wait for the child.

        As that of forkexec.Popen. If it is cancelled it can be called again, and nothing is lost;
        the child is left as it is.
        """
        if self._following is None:
            self._following = self._take_over(input)
        elif input:
            raise ValueError("Cannot send input after starting communication")
        if self.result is None:
            await aio_follow.followed(self._loop, self._following.drain)
            self.poll()
            try:
                self.result = self._following.result()
            except BaseException as raised:
                self.result = getattr(raised, "result", None)
                raise
        return self.result.stdout, self.result.stderr

    def _take_over(self, data: Any) -> follow.Following:
        child, streams = self._started(), (self.stdin, self.stdout, self.stderr)
        if isinstance(data, str):
            if self._call.text is None:
                raise TypeError("a bytes-like object is required, not 'str'")
            data = data.encode(*self._call.text)
        data = bytes(memoryview(data)) if self.stdin is not None and data else None
        for stream in streams:
            if stream is not None:
                stream.check_idle()
        ahead = [b"" if stream is None else stream.take_buffer() for stream in streams[1:]]
        ends = [-1 if stream is None or stream.closed else stream.take() for stream in streams]
        return follow.Following(self._call, child, ends, data, ahead)
