# SPDX-License-Identifier: MIT
"""forkexec.aio.run(), on asyncio, on uvloop and on trio."""

import asyncio
import contextlib
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import forkexec
import pytest
from forkexec import aio

from tests.python.following import DEADLINE, Pipe
from tests.python.loops import (
    CANCELLED,
    LOOPS,
    Run,
    both,
    cancelled_when,
    on_asyncio,
    pause,
    shell,
)

PIPE = subprocess.PIPE


pytestmark = pytest.mark.usefixtures("loops_are_warm", "nothing_is_left")


@pytest.fixture(params=LOOPS, ids=lambda loop: loop.__name__)
def on_loop(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


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

    async def work() -> Any:
        with file.open("rb") as stdin:
            result = await aio.run(["cat"], stdin=stdin, stdout=PIPE)
        return result.stdout

    assert on_loop(work) == b"x" * 200_000


def refuse(data: bytes) -> None:
    raise KeyError(data)


def test_errors(on_loop: Run) -> None:
    async def work() -> List[Any]:
        found: List[Any] = []
        calls: List[Tuple[List[str], Dict[str, Any]]] = [
            (["/nonexistent/program"], {}),
            (["false"], {"check": True}),
            (["sleep", "600"], {"stdout": PIPE, "timeout": 0.01}),
            (["yes"], {"stdout": PIPE, "max_output": 4, "keep": "stop"}),
            (["sleep", "600"], {"stdout": PIPE, "idle_timeout": 0.01}),
            (["echo"], {"stdout": PIPE, "on_stdout": refuse}),
        ]
        for args, keywords in calls:
            try:
                found.append(await aio.run(args, **keywords))
            except Exception as error:
                found.append(error)
        return found

    missing, status, late, much, idle, function = on_loop(work)
    assert isinstance(missing, FileNotFoundError) and isinstance(missing, forkexec.SpawnError)
    assert isinstance(status, forkexec.CalledProcessError) and status.returncode == 1
    assert isinstance(late, forkexec.TimeoutExpired) and late.result
    assert late.result.ending == "timeout"
    assert isinstance(much, forkexec.OutputLimitExceeded) and much.stdout == b"y\ny\n"
    assert isinstance(idle, forkexec.IdleTimeoutExpired)
    assert isinstance(function, KeyError)


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
    assert caught.value.result and caught.value.result.ending == "timeout"
    alive.wait_for_end()


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
        await pause(10)
        events.append("others ran")
        pipe.close(pipe.writer)

    async def work() -> None:
        await both(start, let_it_go_on)

    on_loop(work)
    assert events == ["others ran", "started"]


# ---- cancellation ----


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

    async def begun() -> None:
        while not events:
            await pause(1)
        events.clear()

    async def work() -> str:
        return await cancelled_when(begun, run)

    assert on_loop(work) in CANCELLED
    assert b"".join(events) == b"stopped\n"
    alive.wait_for_end()


def test_cancelling_a_start(on_loop: Run, held: Tuple[str, Pipe]) -> None:
    """The engine's thread kills the child, and reaps it, by and by."""
    alive = Pipe()

    async def soon() -> None:
        await pause(5)

    async def work() -> str:
        return await cancelled_when(
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
    gate = pipes[0]
    seen: List[bytes] = []

    async def work() -> None:
        task = asyncio.ensure_future(
            aio.run(
                shell("trap 'echo stubborn' TERM; echo ready; while :; do read x <&3; done"),
                stdout=PIPE,
                on_stdout=seen.append,
                map={3: gate.reader},
                grace=10 * DEADLINE,
                kill_scope="process",
            )
        )
        for word in (b"ready", b"stubborn"):
            while word not in b"".join(seen):
                await pause(1)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    on_asyncio(work)


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
