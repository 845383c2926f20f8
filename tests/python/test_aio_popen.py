# SPDX-License-Identifier: MIT
"""forkexec.aio.Popen, on asyncio, on uvloop and on trio."""

import os
import signal
import subprocess
from typing import Any, List

import pytest
from forkexec import aio

from tests.python.following import Pipe
from tests.python.loops import (
    CANCELLED,
    LOOPS,
    Run,
    both,
    cancelled_when,
    pause,
    readable,
    shell,
)

PIPE = subprocess.PIPE


def popen(args: List[str], **keywords: Any) -> Any:
    return aio.Popen(args, **keywords)


pytestmark = pytest.mark.usefixtures("loops_are_warm", "nothing_is_left")


@pytest.fixture(params=LOOPS, ids=lambda loop: loop.__name__)
def on_loop(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


def test_popen(on_loop: Run) -> None:
    async def work() -> None:
        async with popen(["cat"], stdin=PIPE, stdout=PIPE) as child:
            assert child.pid > 0 and child.returncode is None and child.poll() is None
            await child.stdin.write(b"one\ntwo\nthr")
            assert await child.stdout.readline() == b"one\n"
            assert await child.stdout.read(2) == b"tw"
            await child.stdin.write(b"ee\nfour")
            await child.stdin.aclose()
            assert [line async for line in child.stdout] == [b"o\n", b"three\n", b"four"]
            assert await child.stdout.read() == b"" == await child.stdout.readline()
            assert await child.wait() == 0
        assert child.returncode == 0 and child.usage.max_resident > 0 and child.duration > 0
        assert child.stdout.closed

    on_loop(work)


def test_popen_by_await(on_loop: Run) -> None:
    async def work() -> int:
        child = await popen(["true"])
        return int(await child.wait())

    assert on_loop(work) == 0


def test_communicate(on_loop: Run) -> None:
    data = os.urandom(1_000_000)

    async def work() -> Any:
        async with popen(shell("cat; exit 3"), stdin=PIPE, stdout=PIPE) as child:
            found = await child.communicate(data)
        return found, child.returncode, child.result.stdout_seen

    assert on_loop(work) == ((data, None), 3, len(data))


def test_writing_to_nobody(on_loop: Run) -> None:
    async def work() -> None:
        async with popen(["true"], stdin=PIPE) as child:
            await child.wait()
            with pytest.raises(BrokenPipeError):
                await child.stdin.write(b"x")

    on_loop(work)


def test_two_tasks_wait(on_loop: Run) -> None:
    async def work() -> List[int]:
        seen: List[int] = []
        async with popen(["cat"], stdin=PIPE) as child:

            async def wait() -> None:
                seen.append(await child.wait())

            async def close_and_wait() -> None:
                await pause(1)
                await child.stdin.aclose()
                await wait()

            await both(wait, close_and_wait)
        return seen

    assert on_loop(work) == [0, 0]


def test_stop_and_signals(on_loop: Run) -> None:
    async def work() -> List[int]:
        seen: List[int] = []
        for action in ("stop", "terminate", "kill"):
            async with popen(["cat"], stdin=PIPE) as child:
                done = getattr(child, action)()
                if action == "stop":
                    assert await done == -signal.SIGTERM
                seen.append(await child.wait())
                child.send_signal(signal.SIGTERM)
        return seen

    assert on_loop(work) == [-signal.SIGTERM, -signal.SIGTERM, -signal.SIGKILL]


def test_leaving_by_an_exception_stops_it(on_loop: Run, pipes: List[Pipe]) -> None:
    alive = pipes[0]

    async def work() -> None:
        async with popen(["sleep", "1000"], pass_fds=[alive.writer]):
            raise KeyError("x")

    with pytest.raises(KeyError):
        on_loop(work)
    alive.wait_for_end()


def test_cancelled_while_it_waits(on_loop: Run, pipes: List[Pipe]) -> None:
    """wait() and communicate() may be cancelled, and called again; leaving the block stops it."""
    told, gate, alive = pipes

    async def use() -> None:
        script = "echo ready >&3; echo out; read x <&4"
        ends = {3: told.writer, 4: gate.reader, 5: alive.writer}
        async with popen(shell(script), stdout=PIPE, map=ends) as child:
            try:
                await child.communicate()
            finally:
                assert child.poll() is None

    async def work() -> str:
        return await cancelled_when(lambda: readable(told), use)

    assert on_loop(work) in CANCELLED
    alive.wait_for_end()


def test_a_program_that_is_not_there(on_loop: Run) -> None:
    async def work() -> None:
        async with popen(["/nonexistent/program"], stdin=PIPE, stdout=PIPE):
            raise AssertionError("started")

    with pytest.raises(FileNotFoundError):
        on_loop(work)
