# SPDX-License-Identifier: MIT
"""run() and Popen for tasks of asyncio (with any event loop, as uvloop's) and trio.

    result = await forkexec.aio.run(["make"], stdout=subprocess.PIPE, timeout=600)

    async with forkexec.aio.Popen(["make"], stdout=subprocess.PIPE) as make:
        async for line in make.stdout: ...

Nothing here starts a thread of Python's, has to do with SIGCHLD, or makes the event loop wait, not
even for a slow exec. trio needs anyio.
"""

from forkexec._aio_popen import Popen
from forkexec._aio_run import run
from forkexec._aio_streams import ReadStream, WriteStream

__all__ = ["Popen", "ReadStream", "WriteStream", "run"]
