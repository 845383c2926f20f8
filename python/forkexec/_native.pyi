# SPDX-License-Identifier: MIT
"""The extension module: the engine under subprocess, its counters, and children to follow."""

from typing import (
    Any,
    Callable,
    Sequence,
    TypedDict,
    TypeVar,
    final,
)

_R = TypeVar("_R", bound="ResultParts")

class _Stats(TypedDict):
    spawns: list[tuple[str, str, int]]
    failures: dict[str, int]
    skipped: dict[str, int]
    durations: list[float]
    slowest: float
    count: int

__version__: str

# 17, 21, 22 or 23 arguments: those of _posixsubprocess.fork_exec in any CPython.
def fork_exec(*args: Any) -> int: ...

# () if it runs; (errno, filename), (errno,) or (None, message) if it failed; None if it is not for
# this function.
def popen(popen: object, arguments: tuple[Any, ...], /) -> tuple[Any, ...] | None: ...
def cloexec_pipe() -> tuple[int, int]: ...
def attributes(values: dict[str, Any], stands_for_callable: bool, /) -> object: ...
def apply(attributes: object, /) -> None: ...
def explain(arguments: tuple[Any, ...], json: bool, values: bool, /) -> str: ...
def number(kind: str, name: str, /) -> int | None: ...
def name(kind: str, number: int, /) -> str | None: ...
def stats() -> _Stats: ...
def stats_reset() -> None: ...

# ---- children to follow ----
#
# Times are whole milliseconds; where None is allowed it means that there is no such bound. A time
# to wait is -1 for ever, 0 for only looking. Whatever waits lets other threads run.

_Path = Any  # str, bytes or os.PathLike

# A standard stream: None inherits, PIPE (-1), STDOUT (-2, of stderr) and DEVNULL (-3) as in
# subprocess, else a descriptor.
_Stream = int | None

# What is started; see forkexec._lower for the function that makes one of keywords.
#
#   args           list or tuple, not empty
#   program        None: the first of the args
#   directory      None: this process's
#   environment    None: this process's; a dict (not another mapping) of str or bytes
#   stdin, stdout, stderr
#   keep           a tuple of descriptors to pass on (pass_fds)
#   flags          INHERIT_OTHERS | KEEP_IGNORED_SIGNALS | NEW_SESSION | WITHOUT_AUDIT
#   process_group  -1: this process's
#   umask          -1: this process's
#   attributes     what attributes() made of a Setup, or None. What it says of directory and
#                  environment is what holds.
_Command = tuple[
    Sequence[_Path],
    _Path | None,
    _Path | None,
    dict[Any, Any] | None,
    _Stream,
    _Stream,
    _Stream,
    tuple[int, ...],
    int,
    int,
    int,
    object | None,
]

INHERIT_OTHERS: int
KEEP_IGNORED_SIGNALS: int
NEW_SESSION: int
WITHOUT_AUDIT: int  # the caller has raised the audit event itself

# How a child ended: returncode as subprocess has it, signal (0: none), core_dumped, duration in
# nanoseconds, and what it used: user_time, system_time (nanoseconds), max_resident (bytes),
# minor_faults, major_faults, block_inputs, block_outputs, voluntary_switches, involuntary_switches.
_End = tuple[int, int, bool, int, int, int, int, int, int, int, int, int, int]

# kind (number("scope", "group")), descriptor of a cgroup's directory or -1, adopted (see fx_scope)
_Scope = tuple[int, int, bool]

# scope, ((signal, grace in milliseconds, -1: any), ...) or () for TERM, 5 s, KILL, 5 s
_Ladder = tuple[_Scope, tuple[tuple[int, int], ...]]

# store; at most so many bytes of it or None; number("keep", "tail"); called with bytes as they
# come, or None; descriptors to be written to.
_Output = tuple[bool, int | None, int, Callable[[bytes], object] | None, tuple[int, ...]]

# most_total, timeout, idle_timeout, linger (None: 1,000), ladder (None: the default, to the child
# alone)
_Bounds = tuple[int | None, int | None, int | None, int | None, _Ladder | None]

# ending ("exit", "timeout", "idle-timeout", "output", "function", "stop"; None: not yet), held,
# bytes fed, why not all were (a negative errno or 0), why the scope could not be signalled,
# the last signal of the ladder or 0, and whether a child outlived the ladder.
_State = tuple[str | None, bool, int, int, int, int, bool]

# What is stored, how many of these bytes are the first ones of the stream, bytes seen, whether
# its end was reached, why not (a negative errno or 0), why a descriptor of the tee was left out.
_Drained = tuple[bytes, int, int, bool, int, int]

@final
class Child:
    """A started process. It is reaped by wait(), stop() or a Drain, and by nothing else.

    An object that goes away closes what it holds; a child that runs then is nobody's.
    """

    @property
    def pid(self) -> int:
        """Its process id, its own until it is reaped."""
    @property
    def pidfd(self) -> int:
        """Readable when it has ended; it stays the Child's. -1 where the kernel has none, and after
        close()."""
    @property
    def mechanism(self) -> str:
        """How it was made: "clone3", "clone", "fork", "helper"."""
    @property
    def skipped(self) -> tuple[tuple[str, int], ...]:
        """Steps of best effort that were not done: their name, and a negative errno."""
    @property
    def end(self) -> _End | None:
        """How it ended, once it has been reaped through this object; never waits."""
    def descriptor(self, stream: int, /) -> int:
        """Our end of the pipe of stream 0, 1 or 2; it stays the Child's. -1: there is none."""
    def take(self, stream: int, /) -> int:
        """The same, and it is the caller's from now on, to be closed by him."""
    def wait(self, timeout: int = -1, /) -> int | None:
        """Its return code, as subprocess has it; None if it still runs after so many milliseconds.
        ChildProcessError: somebody else reaped it. Any number of threads may wait. Python's signal
        handlers run meanwhile."""
    def signal(self, number: int, scope: _Scope | None = None, /) -> None:
        """ProcessLookupError: nobody is left, or it has been reaped. See fx_signal_scope."""
    def count(self, scope: _Scope, /) -> int:
        """How many processes of the scope run."""
    def stop(self, ladder: _Ladder | None = None, /) -> _End:
        """Stop it with all in the scope, and reap it. TimeoutError: something is left after the
        last rung. Python's signal handlers run afterwards."""
    def close(self) -> None:
        """Close its pidfd and pipes; neither signals nor waits. While others wait for it, when
        they are done."""

@final
class Start:
    """A start under way. One that goes away unfinished is given up, its child killed."""

    def fileno(self) -> int:
        """Readable when it is known what came of it; to be polled, not read or closed.
        ValueError once it is over."""
    def finish(self) -> Child:
        """What came of it; waits for that where it is not known yet. Raises as spawn() does, and
        KeyboardInterrupt and the like leave it as it was."""
    def abandon(self) -> None:
        """Give it up without waiting."""

@final
class Drain:
    """Feeds and reads children until they are gone and reaped; drain() makes one."""

    def run(self, timeout: int = -1, /) -> bool:
        """Go on for so long; True when all is over. Python's signal handlers run meanwhile; their
        exceptions leave it as it is, so that stop() and run() can follow. An exception of a
        function of an output stops the children, and is raised when all is over, once."""
    def interest(self) -> tuple[list[tuple[int, int]], int]:
        """For an event loop: [(descriptor, poll events)], and in how many milliseconds to call
        run(0) whatever happens, -1 for never. They may be others after each run()."""
    def stop(self) -> None:
        """Let the ladder begin, or go to its last rung, at the next run(). While another thread
        is in run(), that one is woken to do so."""
    def state(self) -> _State: ...
    def output(self, n: int, /) -> _Drained:
        """What has come of the n-th output. Not while another thread is in run()."""
    def close(self) -> None:
        """Close what it took over. Neither signals nor waits. Does nothing while another thread is
        in run()."""

def drain(
    children: Sequence[Child],
    input: tuple[int, bytes | int] | None,
    outputs: Sequence[
        tuple[int, bool, int | None, int, Callable[[bytes], object] | None, tuple[int, ...]]
    ],
    bounds: _Bounds,
    /,
) -> Drain:
    """Begin to follow children: fx_drain_open().

    input: (descriptor, data): a Child's end of the pipe of standard input, and the bytes that go
        there, or else a descriptor to read them from.
    outputs: (descriptor, *_Output) each: a Child's end of a pipe, and what becomes of it.

    The pipes are the Drain's from here on, also where a Child held them. After an exception
    nothing has changed.
    """

def spawn(command: _Command, /) -> Child:
    """Start a child: fx_spawn(), after the audit event subprocess.Popen. What failed is raised
    as forkexec.SpawnError, and then there is no child."""

def start(command: _Command, timeout: int, /) -> Start:
    """Begin to start a child: fx_spawn_start(). It is killed if it has not reached its program
    after so many milliseconds; -1: any."""

def spawn_pipeline(commands: Sequence[_Command], /) -> list[Child]:
    """Start all of them or none, each one's output being the next one's input."""

# What is stored of a stream (None where it is not), how many of these bytes are the first ones,
# how many were seen, and whether the end of the stream was.
_Stream_Seen = tuple[bytes | None, int, int, bool]

# Ending; how the child ended (None: somebody else reaped it, or it outlived the ladder); stdout;
# stderr; whether somebody still held one of them; whether the child outlived the ladder.
_Ran = tuple[str, _End | None, _Stream_Seen, _Stream_Seen, bool, bool]

def run(
    command: _Command,
    start_timeout: int,
    input: bytes | int | None,
    stdout: _Output | None,
    stderr: _Output | None,
    bounds: _Bounds | None,
    /,
) -> _Ran:
    """Start a child, feed and read it, wait for it, in one call.

    `stdout` None stands for all of it, stored, if the command says PIPE; likewise stderr.
    start_timeout -1: none. An exception of a signal handler or of an output's function is raised
    when the ladder has stopped the child and it has been reaped.
    """

class ResultParts:
    """What forkexec.Result is made of. It does not change."""

    def __new__(
        cls,
        args: Any,
        ends: tuple[_End, ...],
        ending: str,
        held: bool,
        stdout: Any,
        stdout_counts: tuple[int, int, int],
        stderr: Any,
        stderr_counts: tuple[int, int, int],
        /,
    ) -> ResultParts: ...
    @property
    def args(self) -> Any: ...
    @property
    def returncode(self) -> int: ...
    @property
    def stdout(self) -> Any: ...
    @property
    def stderr(self) -> Any: ...
    @property
    def ending(self) -> str: ...
    @property
    def held(self) -> bool: ...
    @property
    def _ends(self) -> tuple[_End, ...]: ...
    @property
    def _stdout(self) -> tuple[int, int, int]: ...
    @property
    def _stderr(self) -> tuple[int, int, int]: ...

def run_plain(
    type: type[_R], ladder: _Ladder, args: Any, keywords: dict[str, Any], /
) -> _R | _Ran | None:
    """The same from the keywords of forkexec.run() to its Result: None, with nothing done, if these
    are not plain; what run() returns if there is more to be done than making a Result of it."""
