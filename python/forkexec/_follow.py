# SPDX-License-Identifier: MIT
"""Following a child in steps of one's own: its drain, and the Result when that is over.

What run() has done in one call of the extension, for who needs to hold the child or the drain
meanwhile: Popen, aio, Pool.
"""

import signal
from typing import Any, Callable, Optional, Sequence, Tuple

from forkexec._call import Call
from forkexec._engine import engine
from forkexec._result import UNREAD, result_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from forkexec._native import Child, Drain
    from forkexec._result import Result

_STORED = (True, None, engine.number("keep", "head"), None, ())
_NO_IDLE_TIMEOUT = None
_KILL = int(signal.SIGKILL)
_PATIENCE = 5000  # milliseconds for the kernel to do what SIGKILL says


class Following:
    """A child, the call that it was started by, and the drain that follows it.

    ends: our ends of its pipes, which are the drain's from here on; -1 for those that there are
        not. On an exception they are the caller's still.
    data: what its standard input is fed with.
    ahead: what has been read of stdout and stderr already.
    """

    def __init__(
        self,
        call: Call,
        child: "Child",
        ends: Sequence[int],
        data: Any = None,
        ahead: Sequence[bytes] = (b"", b""),
    ) -> None:
        self.call = call
        self.child = child
        self._ahead = ahead
        self._read = [end >= 0 for end in ends[1:]]
        outputs = [
            (end, *(shape or _STORED))
            for end, shape in zip(ends[1:], (call.stdout, call.stderr))
            if end >= 0
        ]
        bounds = call.bounds
        if not outputs:
            bounds = (*bounds[:2], _NO_IDLE_TIMEOUT, *bounds[3:])
        stdin = None if ends[0] < 0 else (ends[0], b"" if data is None else data)
        self.drain: Drain = engine.drain([child], stdin, outputs, bounds)

    def stream(self, number: int) -> Tuple[Optional[bytes], int, int, bool]:
        """What has come of stdout (1) or stderr (2) so far, as Call.result_of() takes it."""
        if not self._read[number - 1]:
            return (None, 0, 0, False)
        data, head, seen, complete = self.drain.output(sum(self._read[: number - 1]))[:4]
        shape = (self.call.stdout, self.call.stderr)[number - 1]
        if shape is not None and not shape[0]:
            return (None, head, seen, complete)
        ahead = self._ahead[number - 1]
        return (ahead + data, len(ahead) + head, len(ahead) + seen, complete)

    def result(self) -> "Result":
        """When it is over: the Result, or one of the exceptions."""
        ending, held, *_, outlived = self.drain.state()
        streams = self.stream(1), self.stream(2)
        return self.call.result_of((ending, self.child.end, *streams, held, outlived))


def following(call: Call, child: "Child") -> Following:
    """Of a child that has just been started with pipes. If it cannot be followed it is stopped."""
    ends = [child.descriptor(stream) for stream in range(3)]
    try:
        return Following(call, child, ends, call.input)
    except BaseException:
        child.stop((call.bounds[4][0], ((_KILL, _PATIENCE),)))
        raise


def start(command: Any, start_timeout: int) -> "Child":
    """Start it, and wait until it has come to its program."""
    if start_timeout < 0:
        return engine.spawn(command)
    return engine.start(command, start_timeout).finish()


def scope_called(name: str, call: Call) -> Tuple[int, int, bool]:
    """A scope as the extension takes it."""
    number = engine.number("scope", name)
    if number is None:
        raise ValueError(f"scope: {name!r} is none")
    if name != "cgroup":
        return (number, -1, False)
    scope: Tuple[int, int, bool] = call.bounds[4][0]
    if scope[0] != number:
        raise ValueError("scope: 'cgroup' needs kill_scope='cgroup'")
    return scope


def ended(child: "Optional[Child]") -> "Optional[Result]":
    """What is known of a child once its end has been seen: usage, duration."""
    end = child.end if child is not None else None
    if end is None:
        return None
    return result_of(None, (end,), "exit", False, None, UNREAD, None, UNREAD)


def follow(
    call: Call, begin: "Callable[[Drain], None]", end: "Callable[[Drain], None]"
) -> "Result":
    """As run(), with the drain shown to others, who may stop it: between begin() and end()."""
    try:
        child = start(call.command, call.start_timeout)
        followed = following(call, child)
        drain = followed.drain
        begin(drain)
        try:
            run_to_the_end(drain)
        finally:
            end(drain)
        try:
            return followed.result()
        finally:
            drain.close()
            child.close()
    finally:
        call.close()


def run_to_the_end(drain: "Drain") -> None:
    """Whatever is raised meanwhile, the ladder has been climbed before it is raised again."""
    try:
        drain.run()
    except BaseException:
        drain.stop()
        run_to_the_end(drain)
        raise
