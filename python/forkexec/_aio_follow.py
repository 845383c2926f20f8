# SPDX-License-Identifier: MIT
"""Starting and following a child from a task, in steps that never wait.

Nothing blocks the event loop: the start is made by the engine's own thread, and whatever a drain
waits for is gathered behind one descriptor, for which the loop waits among all its others.
"""

import select
from typing import Any, List, Tuple

from forkexec._aio_loop import Loop
from forkexec._call import Call
from forkexec._engine import engine
from forkexec._native import Child, Drain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from forkexec._native import Start

# Each system has other names in it.
_SELECT: Any = select
_HAS_EPOLL = hasattr(select, "epoll")

_LAST_RUNG = 1000  # milliseconds for it, where there is no time to wait for a ladder


async def begun(loop: Loop, call: Call) -> Child:
    """Start a child. Who cancels the task before that is done gives the start up, and if the child
    runs by then, stops it."""
    start = engine.start(call.command, call.start_timeout)
    try:
        await loop.wait(start.fileno(), False, None)
    except GeneratorExit:
        start.abandon()
        raise
    except BaseException:
        if _is_over(start):
            await _stop_alone(loop, call, start.finish())
        else:
            start.abandon()
        raise
    child: Child = start.finish()
    return child


def _is_over(start: "Start") -> bool:
    poll = select.poll()
    poll.register(start.fileno(), select.POLLIN)
    return bool(poll.poll(0))


async def _stop_alone(loop: Loop, call: Call, child: Child) -> None:
    drain = lone_drain(call, child)
    try:
        await stopped(loop, drain)
    finally:
        drain.close()
        child.close()


def lone_drain(call: Call, child: Child) -> Drain:
    """One that follows a child, and none of its streams."""
    drain: Drain = engine.drain([child], None, (), (None, None, None, None, call.bounds[4]))
    return drain


async def followed(loop: Loop, drain: Drain) -> None:
    """Until all is over."""
    while not drain.run(0):
        await _turn(loop, drain)


async def followed_or_stopped(loop: Loop, drain: Drain) -> None:
    """Until all is over; who cancels the task stops the children, and twice, at once."""
    try:
        await followed(loop, drain)
    except GeneratorExit:
        _cut_short(drain)  # nobody runs this task any more
        raise
    except BaseException:
        await stopped(loop, drain)
        raise


async def stopped(loop: Loop, drain: Drain) -> None:
    drain.stop()
    await loop.shielded(lambda: followed(loop, drain), drain.stop)


def _cut_short(drain: Drain) -> None:
    for patience in (0, _LAST_RUNG):
        drain.stop()
        if drain.run(patience):
            return


async def _turn(loop: Loop, drain: Drain) -> None:
    interest, milliseconds = drain.interest()
    timeout = None if milliseconds < 0 else milliseconds / 1000
    gathering = _gathered(interest)
    if gathering is None:
        await loop.pause()
        return
    try:
        await loop.wait(gathering.fileno(), False, timeout)
    finally:
        gathering.close()


def _gathered(interest: List[Tuple[int, int]]) -> Any:
    """A descriptor that is readable when one of these is ready; None if one always is.

    It is made anew for each turn: numbers that a drain has closed may be another's already.
    """
    wanted: dict[int, int] = {}
    for descriptor, events in interest:
        wanted[descriptor] = wanted.get(descriptor, 0) | events
    gathering: Any = (_SELECT.epoll if _HAS_EPOLL else _SELECT.kqueue)()
    try:
        for descriptor, events in wanted.items():
            _add(gathering, descriptor, events)
    except PermissionError:  # of a file: reading it never waits
        gathering.close()
        return None
    except BaseException:
        gathering.close()
        raise
    return gathering


if _HAS_EPOLL:

    def _add(gathering: "Any", descriptor: int, events: int) -> None:
        # The bits of poll(2) are those of epoll_ctl(2).
        gathering.register(descriptor, events)

else:

    def _add(gathering: "Any", descriptor: int, events: int) -> None:
        filters = {
            select.POLLIN: _SELECT.KQ_FILTER_READ,
            select.POLLOUT: _SELECT.KQ_FILTER_WRITE,
        }
        for bit, kind in filters.items():
            if events & bit:
                gathering.control([_SELECT.kevent(descriptor, kind)], 0)
