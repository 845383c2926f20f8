# SPDX-License-Identifier: MIT
"""forkexec.aio.run()."""

from typing import TYPE_CHECKING, Any

from forkexec._aio_follow import begun, followed_or_stopped
from forkexec._aio_loop import running
from forkexec._call import Call
from forkexec._follow import following
from forkexec._result import Result

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from forkexec._types import RunKeywords


async def run(args: Any, **keywords: "Unpack[RunKeywords]") -> Result:
    """forkexec.run() for a task: the same keywords, the same Result, the same errors.

    The event loop never waits for it, not even while its exec is slow. A task that is cancelled
    stops the command by its ladder (stop_signal, grace, kill_scope), and then ends; on asyncio, one
    that is cancelled again does not wait for the grace.
    """
    loop = running()
    call = Call(args, dict(keywords), "run")
    try:
        child = await begun(loop, call)
        followed = following(call, child)
        try:
            await followed_or_stopped(loop, followed.drain)
            return followed.result()
        finally:
            followed.drain.close()
            child.close()
    finally:
        call.close()
