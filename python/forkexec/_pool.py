# SPDX-License-Identifier: MIT
"""Many commands, some of them at a time."""

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Iterable, Iterator, List, Optional, Set, Type

from forkexec._call import Call
from forkexec._follow import follow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from forkexec._command import Command
    from forkexec._native import Drain
    from forkexec._result import Result

    Futures = List["Future[Result]"]

Progress = Callable[[int, int, int, int], object]


class Pool:
    """Runs commands, at most `max_workers` at a time, in the order in which they are submitted.

        with forkexec.Pool(progress=show) as pool:
            futures = [pool.submit(forkexec.Command(["convert", name])) for name in names]

    A future holds what Command.run() returns or raises. A worker is a thread that sleeps in the
    engine, without the GIL, while its command runs.

    max_workers: None: as many as there are CPUs for this process.
    progress: called as progress(done, total, running, failed) whenever a command begins or is done,
        in a thread of the pool or in the one that cancels, never two at a time. `failed`
        are those that raised, or ended with a status that is not 0; a cancelled one is done. An
        exception of its own is raised by shutdown(), and it is not called again.

    Leaving the `with` block waits for all; by an exception, stops what runs, and cancels the rest.
    """

    def __init__(
        self, max_workers: Optional[int] = None, progress: Optional[Progress] = None
    ) -> None:
        if max_workers is None:
            max_workers = usable_cpus()
        self._executor = ThreadPoolExecutor(max_workers, thread_name_prefix="forkexec")
        self._progress = progress
        self._progress_error: Optional[BaseException] = None
        # Reentrant, as `progress` may submit or cancel.
        self._lock = threading.RLock()
        self._total = self._done = self._failed = self._running = 0
        self._futures: Set[Future[Result]] = set()
        self._drains: Set[Drain] = set()
        self._stopping = False

    def submit(self, command: "Command") -> "Future[Result]":
        """Queue a command. Its future can be cancelled until it begins."""
        with self._lock:
            future = self._executor.submit(self._work, command)
            self._futures.add(future)
            self._total += 1
        future.add_done_callback(self._settle)
        return future

    def map(
        self, commands: "Iterable[Command]", timeout: Optional[float] = None
    ) -> "Iterator[Result]":
        """Queue them all, and give their results in the same order.

        One that raises ends it. TimeoutError (of concurrent.futures): a result is not there so many
        seconds after the call. What has not begun by then is cancelled.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        return _results([self.submit(command) for command in commands], deadline)

    def shutdown(
        self, wait: bool = True, *, cancel_futures: bool = False, stop: bool = False
    ) -> None:
        """Take no more commands, and wait for those that there are.

        cancel_futures: cancel what has not begun.
        stop: also stop what runs, each by its own ladder (stop_signal, grace, kill_scope).

        An exception while it waits, as KeyboardInterrupt, stops everything before it is raised.
        """
        self._executor.shutdown(wait=False)
        if cancel_futures or stop:
            self._cancel()
        if stop:
            self._stop()
        if not wait:
            return
        try:
            self._executor.shutdown(wait=True)
        except BaseException:
            self._cancel()
            self._stop()
            self._executor.shutdown(wait=True)
            raise
        with self._lock:
            error, self._progress_error = self._progress_error, None
        if error is not None:
            raise error

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: "Optional[TracebackType]",
    ) -> None:
        self.shutdown(stop=kind is not None)

    # ---- the workers ----

    def _work(self, command: "Command") -> "Result":
        with self._lock:
            self._running += 1
            self._tell()
        keywords = command.keywords
        args = list(command.args) if isinstance(command.args, tuple) else command.args
        return follow(Call(args, keywords), self._begin, self._end)

    def _begin(self, drain: "Drain") -> None:
        with self._lock:
            self._drains.add(drain)
            if self._stopping:
                drain.stop()

    def _end(self, drain: "Drain") -> None:
        with self._lock:
            self._drains.discard(drain)

    def _settle(self, future: "Future[Result]") -> None:
        with self._lock:
            self._futures.discard(future)
            self._done += 1
            if not future.cancelled():
                self._running -= 1
                self._failed += bool(future.exception() or future.result().returncode)
            self._tell()

    def _tell(self) -> None:
        """With the lock held."""
        if self._progress is None:
            return
        try:
            self._progress(self._done, self._total, self._running, self._failed)
        except BaseException as error:
            self._progress = None
            self._progress_error = error

    # ---- stopping ----

    def _cancel(self) -> None:
        with self._lock:
            futures = list(self._futures)
        for future in futures:
            future.cancel()

    def _stop(self) -> None:
        with self._lock:
            self._stopping = True
            for drain in self._drains:
                drain.stop()


def usable_cpus() -> int:
    """How many this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _results(futures: "Futures", deadline: Optional[float]) -> "Iterator[Result]":
    try:
        futures.reverse()
        while futures:
            left = None if deadline is None else deadline - time.monotonic()
            yield futures.pop().result(left)
    finally:
        for future in futures:
            future.cancel()
