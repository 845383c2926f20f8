# SPDX-License-Identifier: MIT
"""forkexec.aio, on asyncio, on uvloop and on trio."""

import asyncio
import contextlib
import errno
import functools
import gc
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Awaitable, Callable, Iterator, List, Tuple

import anyio
import forkexec
import pytest
import trio
import uvloop
from forkexec import aio

from tests.python.following import (
    DEADLINE,
    Pipe,
    assert_no_children,
    make_pipes,
    open_descriptors,
)

PIPE = subprocess.PIPE
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


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    warm_up()
    gc.collect()
    before = open_descriptors()
    yield
    gc.collect()
    assert open_descriptors() == before
    assert_no_children()


@pytest.fixture
def pipes() -> Iterator[List[Pipe]]:
    yield from make_pipes(3)


@pytest.fixture(params=LOOPS, ids=lambda loop: loop.__name__)
def on_loop(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


def shell(script: str) -> List[str]:
    return ["/bin/sh", "-c", script]


# ---- run() ----


def test_run(on_loop: Run) -> None:
    async def work() -> forkexec.Result:
        return await aio.run(shell("cat; echo error >&2; exit 3"), input=b"x", capture_output=True)

    result = on_loop(work)
    assert (result.stdout, result.stderr, result.returncode) == (b"x", b"error\n", 3)
    assert result.ending == "exit" and result.usage.max_resident > 0


def test_run_much(on_loop: Run) -> None:
    data = os.urandom(3_000_000)

    async def work() -> forkexec.Result:
        return await aio.run(["cat"], input=data, stdout=PIPE, check=True)

    assert on_loop(work).stdout == data


def test_run_text_and_nothing(on_loop: Run) -> None:
    async def work() -> List[Any]:
        text = await aio.run(["cat"], input="ä\n", stdout=PIPE, encoding="utf-8")
        nothing = await aio.run(["true"])
        return [text.stdout, nothing.stdout]

    assert on_loop(work) == ["ä\n", None]


def test_run_from_a_file(on_loop: Run, tmp_path: Any) -> None:
    file = tmp_path / "input"
    file.write_bytes(b"x" * 200_000)

    async def work() -> bytes:
        with file.open("rb") as stdin:
            result = await aio.run(["cat"], stdin=stdin, stdout=PIPE)
        return result.stdout  # type: ignore[return-value]

    assert on_loop(work) == b"x" * 200_000


def test_errors(on_loop: Run) -> None:
    async def work() -> List[Any]:
        found: List[Any] = []
        for call in (
            lambda: aio.run(["/nonexistent/program"]),
            lambda: aio.run(["false"], check=True),
            lambda: aio.run(["sleep", "600"], stdout=PIPE, timeout=0.01),
            lambda: aio.run(["yes"], stdout=PIPE, max_output=4, keep="stop"),
            lambda: aio.run(["sleep", "600"], stdout=PIPE, idle_timeout=0.01),
            lambda: aio.run(["echo"], stdout=PIPE, on_stdout=lambda data: 1 / 0),
        ):
            try:
                found.append(await call())
            except Exception as error:
                found.append(error)
        return found

    missing, status, late, much, idle, function = on_loop(work)
    assert isinstance(missing, FileNotFoundError) and isinstance(missing, forkexec.SpawnError)
    assert isinstance(status, forkexec.CalledProcessError) and status.returncode == 1
    assert isinstance(late, forkexec.TimeoutExpired) and late.result.ending == "timeout"
    assert isinstance(much, forkexec.OutputLimitExceeded) and much.stdout == b"y\ny\n"
    assert isinstance(idle, forkexec.IdleTimeoutExpired)
    assert isinstance(function, ZeroDivisionError)


def test_timeout(on_loop: Run, pipes: List[Pipe]) -> None:
    gate, alive, _ = pipes

    async def work() -> None:
        await aio.run(
            shell("echo one; (read x <&3) & read x <&3"),
            stdout=PIPE,
            map={3: gate.reader, 4: alive.writer},
            timeout=0.05,
            kill_scope="group",
        )

    with pytest.raises(forkexec.TimeoutExpired) as caught:
        on_loop(work)
    assert caught.value.result.ending == "timeout"
    alive.wait_for_end()


async def _both(first: Callable[[], Awaitable[Any]], second: Callable[[], Awaitable[Any]]) -> None:
    if forkexec._aio_loop.running().__class__.__name__ == "AnyioLoop":  # type: ignore[attr-defined]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(first)
            nursery.start_soon(second)
    else:
        await asyncio.gather(first(), second())


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Tuple[str, Pipe]]:
    """A program whose exec is tried again and again until the pipe's writer, through which it is
    open for writing, is closed."""
    program = tmp_path / "held"
    shutil.copy("/bin/true", program)
    pipe = Pipe()
    writer = os.open(program, os.O_WRONLY)
    os.dup2(writer, pipe.writer, inheritable=False)
    os.close(writer)
    with pytest.raises(OSError) as caught:
        forkexec.run([str(program)])
    if caught.value.errno != errno.ETXTBSY:
        pytest.skip("programs that are written to can be executed here")
    yield str(program), pipe
    pipe.close()


AGES = 24 * 60 * 60 * 1000


def test_others_run_while_an_exec_is_held(on_loop: Run, held: Tuple[str, Pipe]) -> None:
    """If the loop waited for the exec, nobody would let it go on."""
    program, pipe = held
    events: List[str] = []

    async def start() -> None:
        await aio.run([program], busy_timeout=AGES, check=True)
        events.append("started")

    async def let_it_go_on() -> None:
        for _ in range(10):
            await forkexec._aio_loop.running().pause()  # type: ignore[attr-defined]
        events.append("others ran")
        pipe.close(pipe.writer)

    async def work() -> None:
        await _both(start, let_it_go_on)

    on_loop(work)
    assert events == ["others ran", "started"]


# ---- cancellation ----


async def _cancelled_when(
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

    if forkexec._aio_loop.running().__class__.__name__ == "AnyioLoop":  # type: ignore[attr-defined]
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


async def _readable(pipe: Pipe) -> None:
    await forkexec._aio_loop.running().wait(pipe.reader, False, None)  # type: ignore[attr-defined]


CANCELLED = {"CancelledError", "Cancelled"}


def test_cancelling_stops_the_scope(on_loop: Run, pipes: List[Pipe]) -> None:
    gate, alive, _ = pipes
    events: List[bytes] = []

    async def run() -> None:
        await aio.run(
            shell("trap 'echo stopped; exit' TERM; (echo ready; read x <&3) & wait"),
            stdout=PIPE,
            on_stdout=events.append,
            map={3: gate.reader, 4: alive.writer},
            kill_scope="group",
        )

    async def running() -> None:
        while not events:
            await forkexec._aio_loop.running().pause()  # type: ignore[attr-defined]
        events.clear()

    async def work() -> str:
        return await _cancelled_when(running, run)

    assert on_loop(work) in CANCELLED
    assert b"".join(events) == b"stopped\n"
    alive.wait_for_end()


def test_cancelling_a_start(on_loop: Run, held: Tuple[str, Pipe]) -> None:
    """The engine's thread kills the child, and reaps it, by and by."""
    alive = Pipe()

    async def soon() -> None:
        for _ in range(5):
            await forkexec._aio_loop.running().pause()  # type: ignore[attr-defined]

    async def work() -> str:
        return await _cancelled_when(
            soon, lambda: aio.run([held[0]], busy_timeout=AGES, pass_fds=[alive.writer])
        )

    assert on_loop(work) in CANCELLED
    assert alive.wait_for_end() == b""
    alive.close()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            os.sched_yield()


def test_cancelling_twice_does_not_wait_for_the_grace(pipes: List[Pipe]) -> None:
    told, gate, _ = pipes

    async def work() -> None:
        task = asyncio.ensure_future(
            aio.run(
                shell(
                    "trap 'echo stubborn >&3' TERM; echo ready >&3; while :; do read x <&4; done"
                ),
                map={3: told.writer, 4: gate.reader},
                grace=10 * DEADLINE,
                kill_scope="process",
            )
        )
        for _ in range(2):
            await _readable(told)
            told.wait_for(b"\n")
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_asyncio(work)


# ---- Popen ----


def test_popen(on_loop: Run) -> None:
    async def work() -> None:
        async with aio.Popen(["cat"], stdin=PIPE, stdout=PIPE) as child:
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
        child = await aio.Popen(["true"])
        return await child.wait()  # type: ignore[no-any-return]

    assert on_loop(work) == 0


def test_communicate(on_loop: Run) -> None:
    data = os.urandom(1_000_000)

    async def work() -> Any:
        async with aio.Popen(shell("cat; exit 3"), stdin=PIPE, stdout=PIPE) as child:
            found = await child.communicate(data)
        return found, child.returncode, child.result.stdout_seen

    assert on_loop(work) == ((data, None), 3, len(data))


def test_writing_to_nobody(on_loop: Run) -> None:
    async def work() -> None:
        async with aio.Popen(["true"], stdin=PIPE) as child:
            await child.wait()
            with pytest.raises(BrokenPipeError):
                await child.stdin.write(b"x")

    on_loop(work)


def test_two_tasks_wait(on_loop: Run) -> None:
    async def work() -> List[int]:
        seen: List[int] = []
        async with aio.Popen(["cat"], stdin=PIPE) as child:

            async def wait() -> None:
                seen.append(await child.wait())

            async def close_and_wait() -> None:
                await forkexec._aio_loop.running().pause()  # type: ignore[attr-defined]
                await child.stdin.aclose()
                await wait()

            await _both(wait, close_and_wait)
        return seen

    assert on_loop(work) == [0, 0]


def test_stop_and_signals(on_loop: Run) -> None:
    async def work() -> List[int]:
        seen = []
        for action in ("stop", "terminate", "kill"):
            async with aio.Popen(["cat"], stdin=PIPE) as child:
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
        async with aio.Popen(["sleep", "1000"], pass_fds=[alive.writer]):
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
        async with aio.Popen(shell(script), stdout=PIPE, map=ends) as child:
            try:
                await child.communicate()
            finally:
                assert child.poll() is None

    async def work() -> str:
        return await _cancelled_when(lambda: _readable(told), use)

    assert on_loop(work) in CANCELLED
    alive.wait_for_end()


def test_a_program_that_is_not_there(on_loop: Run) -> None:
    async def work() -> None:
        async with aio.Popen(["/nonexistent/program"], stdin=PIPE, stdout=PIPE):
            raise AssertionError("started")

    with pytest.raises(FileNotFoundError):
        on_loop(work)


# ---- what it needs ----


def test_asyncio_needs_nothing_else() -> None:
    code = (
        "import sys, asyncio\n"
        "sys.modules.update(anyio=None, trio=None, sniffio=None)\n"
        "import threading, forkexec\n"
        "result = asyncio.run(forkexec.aio.run(['echo', 'x'], stdout=-1))\n"
        "print(result.stdout, threading.active_count())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=PIPE, check=True)
    assert done.stdout == b"b'x\\n' 1\n"


def test_no_loop() -> None:
    coroutine = aio.run(["true"])
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)
