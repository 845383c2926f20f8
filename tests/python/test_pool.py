# SPDX-License-Identifier: MIT
"""forkexec.Pool: many commands, some at a time."""

import concurrent.futures
import os
import threading
from typing import Any, Iterator, List, Tuple

import forkexec
import pytest
from forkexec import Command, Pool

from tests.python.following import (
    DEADLINE,
    Pipe,
    is_readable,
)


@pytest.fixture(autouse=True)
def no_thread_is_left(nothing_is_left: None) -> Iterator[None]:
    before = set(threading.enumerate())  # worker threads that other tests' loops keep for a while
    yield
    assert set(threading.enumerate()) <= before


def echo(word: object) -> Command:
    return Command(["echo", str(word)], stdout=forkexec.PIPE, text=True)


def held(gate: Pipe, told: Pipe, **keywords: Any) -> Command:
    """It says that it runs, and then waits for the gate."""
    script = "echo ready >&4; read x <&3"
    return Command(["/bin/sh", "-c", script], map={3: gate.reader, 4: told.writer}, **keywords)


def test_submit() -> None:
    with Pool(2) as pool:
        future = pool.submit(echo("x"))
        assert isinstance(future, concurrent.futures.Future)
        result = future.result(DEADLINE)
    assert isinstance(result, forkexec.Result)
    assert (result.stdout, result.returncode, result.ending) == ("x\n", 0, "exit")


def test_many_and_in_order() -> None:
    with Pool(3) as pool:
        found = [result.stdout for result in pool.map(map(echo, range(50)))]
    assert found == [f"{n}\n" for n in range(50)]


def test_as_completed() -> None:
    with Pool() as pool:
        futures = [pool.submit(echo(n)) for n in range(5)]
        done = {future.result().stdout for future in concurrent.futures.as_completed(futures)}
    assert done == {f"{n}\n" for n in range(5)}


def test_so_many_at_a_time(pipes: List[Pipe]) -> None:
    gate, told, _ = pipes
    with Pool(2) as pool:
        futures = [pool.submit(held(gate, told)) for _ in range(2)]
        last = pool.submit(echo("last"))
        seen = b""
        while seen.count(b"ready") < 2:
            assert is_readable(told.reader)
            seen += os.read(told.reader, 100)
        assert not last.running() and not last.done()
        gate.close(gate.writer)
        gate.close(gate.reader)
        assert last.result(DEADLINE).stdout == "last\n"
        for future in futures:
            future.result(DEADLINE)


def test_errors() -> None:
    with Pool(2) as pool:
        missing = pool.submit(Command(["/nonexistent/program"]))
        failing = pool.submit(Command(["false"], check=True))
        late = pool.submit(Command(["sleep", "1000"], timeout=0.01))
        status = pool.submit(Command(["false"]))
        assert isinstance(missing.exception(), FileNotFoundError)
        assert isinstance(failing.exception(), forkexec.CalledProcessError)
        assert isinstance(late.exception(), forkexec.TimeoutExpired)
        assert status.result().returncode == 1


def test_map_ends_by_an_exception() -> None:
    with Pool(1) as pool:
        results = pool.map([echo(1), Command(["false"], check=True), echo(2)])
        assert next(results).stdout == "1\n"
        with pytest.raises(forkexec.CalledProcessError):
            next(results)


def test_map_times_out(pipes: List[Pipe]) -> None:
    gate, told, _ = pipes
    pool = Pool(1)
    results = pool.map([held(gate, told), echo(1)], timeout=0.01)
    with pytest.raises(concurrent.futures.TimeoutError):
        next(results)
    pool.shutdown(stop=True)


def test_progress() -> None:
    seen: List[Tuple[int, int, int, int]] = []
    busy = threading.Lock()

    def note(*counts: int) -> None:
        assert busy.acquire(blocking=False), "called by two threads at once"
        seen.append(counts)  # type: ignore[arg-type]
        busy.release()

    commands = [echo(1), Command(["false"]), Command(["/nonexistent/program"]), echo(2)]
    with Pool(2, progress=note) as pool:
        for command in commands:
            pool.submit(command)
    assert len(seen) == 2 * len(commands)
    assert seen[-1] == (4, 4, 0, 2)
    assert [done for done, *_ in seen] == sorted(done for done, *_ in seen)
    assert all(0 <= running <= 2 for _, _, running, _ in seen)


def test_progress_that_fails() -> None:
    def fail(*counts: int) -> None:
        raise KeyError(counts[0])

    pool = Pool(1, progress=fail)
    futures = [pool.submit(echo(n)) for n in range(3)]
    with pytest.raises(KeyError):
        pool.shutdown()
    assert [future.result().stdout for future in futures] == ["0\n", "1\n", "2\n"]


def test_cancelled_before_it_begins(pipes: List[Pipe]) -> None:
    gate, told, _ = pipes
    seen: List[Tuple[int, ...]] = []
    with Pool(1, progress=lambda *counts: seen.append(counts)) as pool:
        first = pool.submit(held(gate, told))
        second = pool.submit(echo(2))
        told.wait_for(b"ready")
        assert second.cancel() and not first.cancel()
        gate.close()
    assert first.result().returncode == 1 and second.cancelled()
    assert seen[-1] == (2, 2, 0, 1)


def test_shutdown_stops_what_runs(pipes: List[Pipe]) -> None:
    gate, told, alive = pipes
    pool = Pool(1)
    script = "trap '' TERM; echo ready >&4; read x <&3; read x <&3"
    running = pool.submit(
        Command(
            ["/bin/sh", "-c", script],
            map={3: gate.reader, 4: told.writer, 5: alive.writer},
            grace=0,
        )
    )
    queued = pool.submit(echo(1))
    told.wait_for(b"ready")
    pool.shutdown(stop=True)
    assert running.result().ending == "stop" and running.result().returncode == -9
    assert queued.cancelled()
    alive.wait_for_end()
    with pytest.raises(RuntimeError):
        pool.submit(echo(2))


def test_an_exception_in_the_block_stops_all(pipes: List[Pipe]) -> None:
    gate, told, _ = pipes
    with pytest.raises(KeyboardInterrupt), Pool(1) as pool:
        running, queued = pool.submit(held(gate, told)), pool.submit(echo(1))
        told.wait_for(b"ready")
        raise KeyboardInterrupt
    assert running.result().ending == "stop" and queued.cancelled()


def test_without_workers() -> None:
    with pytest.raises(ValueError):
        Pool(0)
