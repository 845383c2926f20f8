# SPDX-License-Identifier: MIT
"""forkexec.Popen: subprocess.Popen over the engine's own handle of a child."""

import contextlib
import math
import subprocess
import sys
import time
from typing import IO, Any, Dict, Iterable, Mapping, Optional, Tuple, Union

from forkexec import _follow as follow
from forkexec._call import Call
from forkexec._communication import Communication
from forkexec._errors import TimeoutExpired

TYPE_CHECKING = False
if TYPE_CHECKING:
    from forkexec._native import Child
    from forkexec._result import Result, Usage

    Base = subprocess.Popen[Any]
else:
    Base = subprocess.Popen

_OF_STOCK = (
    "bufsize",
    "close_fds",
    "creationflags",
    "encoding",
    "errors",
    "pass_fds",
    "startupinfo",
    "text",
    "universal_newlines",
)
_OF_RUN = ("input", "timeout", "check", "capture_output")
_HAS_PIPESIZE = sys.version_info >= (3, 10)
_SET_PIPESIZE = 1031  # F_SETPIPE_SZ, which older versions do not name
_LONGEST = 2**31 - 1  # milliseconds
_EVER = math.inf


def refuse_for_popen(keywords: Mapping[str, Any]) -> None:
    """TypeError for what run() has because a Popen has methods for it."""
    for name in _OF_RUN:
        if name in keywords:
            raise TypeError(f"Popen() got an unexpected keyword argument {name!r}")


def milliseconds(seconds: Optional[float]) -> int:
    """Rounded up, as the rest of a wait that is too short would be spent in asking again."""
    if seconds is None or seconds == _EVER:
        return -1
    return int(min(max(-(-seconds * 1000 // 1), 0), _LONGEST))


class Popen(Base):
    """subprocess.Popen, and what run() has beside subprocess.run().

        with forkexec.Popen(["make"], stdout=subprocess.PIPE, new_session=True) as make:
            for line in make.stdout: ...

    It has all arguments of subprocess.Popen (those of the newest version, on each), its attributes
    and methods. More keywords are those of Setup, `setup`, and of run():

    kill_scope, stop_signal, grace: what stop() reaches, by which signal, how patiently.
    max_output, max_total, keep, tee, on_stdout, on_stderr, idle_timeout, linger: what communicate()
        keeps to.
    start_timeout: seconds in which it has to reach its program.

    wait() with a timeout is woken by the end of the child, on every version.
    """

    _call: Call = None  # type: ignore[assignment]
    _child: "Optional[Child]" = None
    _communication: Optional[Communication] = None
    result: "Optional[Result]" = None
    """What came of communicate() when that was over."""

    def __init__(
        self,
        args: Any,
        bufsize: int = -1,
        executable: Any = None,
        stdin: "Union[int, IO[Any], None]" = None,
        stdout: "Union[int, IO[Any], None]" = None,
        stderr: "Union[int, IO[Any], None]" = None,
        preexec_fn: Any = None,
        close_fds: bool = True,
        shell: bool = False,
        cwd: Any = None,
        env: Optional[Mapping[Any, Any]] = None,
        universal_newlines: Optional[bool] = None,
        startupinfo: Any = None,
        creationflags: int = 0,
        restore_signals: bool = True,
        start_new_session: bool = False,
        pass_fds: Iterable[int] = (),
        *,
        encoding: Optional[str] = None,
        errors: Optional[str] = None,
        text: Optional[bool] = None,
        pipesize: int = -1,
        **keywords: Any,
    ) -> None:
        said = dict(locals(), **keywords)
        for name in ("self", "keywords", "args", "__class__"):
            said.pop(name, None)
        refuse_for_popen(keywords)
        self._call = Call(args, _what_says_something(said), "Popen")
        # Whatever else is said is the engine's to do.
        taken: Dict[str, Any] = {name: said[name] for name in _OF_STOCK}
        if _HAS_PIPESIZE:
            taken["pipesize"] = pipesize
        taken.update(zip(("stdin", "stdout", "stderr"), self._call.command[4:7]))
        super().__init__(args, **taken)

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if self._communication is not None:
            self._communication.following.drain.close()
        super().__exit__(kind, error, traceback)

    def __del__(self) -> None:
        super().__del__()
        if self._call is not None:  # else its keywords were wrong
            self._call.close()

    # ---- what there is to see ----

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable when the child has ended; -1 where there is none. It stays
        this object's."""
        return self._child.pidfd if self._child is not None else -1

    @property
    def usage(self) -> "Optional[Usage]":
        """What the child used, once its end has been seen."""
        found = follow.ended(self._child)
        return None if found is None else found.usage

    @property
    def duration(self) -> Optional[float]:
        """How many seconds it ran, once its end has been seen."""
        found = follow.ended(self._child)
        return None if found is None else found.duration

    # ---- signals ----

    def send_signal(self, sig: int, scope: Optional[str] = None) -> None:
        """Send a signal to the child, or to all in a scope: "group", "session", "descendants", ...

        Does nothing once the end of the child has been seen, or if nobody is left in the scope.
        """
        reached = None if scope is None else follow.scope_called(scope, self._call)
        self.poll()
        if self.returncode is not None or self._child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._child.signal(sig, reached)

    def stop(self) -> Optional[int]:
        """Stop the child and all in its kill_scope: the stop_signal, `grace` seconds, then KILL.

        Returns the status as soon as nobody is left. TimeoutError: somebody is, even so.
        """
        if self._child is not None and self.poll() is None:
            self._child.stop(self._call.bounds[4])
        return self.poll()

    # ---- in the place of subprocess.Popen's own ----

    def _execute_child(self, *given: Any) -> None:
        handles = given[10:16]
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = handles
        if not _HAS_PIPESIZE:
            self._resize(p2cwrite, c2pread, errread)
        command = list(self._call.command)
        command[4:7] = (end if end >= 0 else None for end in (p2cread, c2pwrite, errwrite))
        self._child = follow.start(tuple(command), self._call.start_timeout)
        self.pid = self._child.pid
        self._child_created = True
        self._close_pipe_fds(*handles)  # type: ignore[attr-defined]

    def _internal_poll(self, _deadstate: Optional[int] = None, *_: Any) -> Optional[int]:
        # Called while the interpreter ends as well: with no global names but built-in ones.
        if self.returncode is None and self._child is not None:
            try:
                status = self._child.wait(0)
            except OSError:
                # Somebody else has reaped it, or SIGCHLD is ignored: nobody knows its status.
                self.returncode = 0 if _deadstate is None else _deadstate
            else:
                if status is not None:
                    self.returncode = status
        return self.returncode

    def _wait(self, timeout: Optional[float]) -> Optional[int]:
        deadline = None if timeout is None else time.monotonic() + timeout
        left = timeout
        while self.returncode is None and self._child is not None:
            try:
                status = self._child.wait(milliseconds(left))
            except ChildProcessError:
                status = 0
            if status is not None:
                self.returncode = status
                return status
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutExpired(self.args, timeout)  # type: ignore[arg-type]
        return self.returncode

    def communicate(self, input: Any = None, timeout: Optional[float] = None) -> Tuple[Any, Any]:
        """Send input, read standard output and error to their ends, and wait for the child.

        As subprocess.Popen.communicate(), within the bounds that were asked for. It waits no longer
        than `linger` seconds for others that hold the streams open, as a grandchild. After a
        TimeoutExpired it can be called again, and nothing is lost.
        """
        # With a timeout it does all by _communicate(), also what is about one pipe only.
        return super().communicate(input, _EVER if timeout is None else timeout)

    def _communicate(self, input: Any, endtime: float, orig_timeout: float) -> Tuple[Any, Any]:
        if self.result is not None or self._child is None:
            return self._communicated()
        if self._communication is None:
            self._communication = Communication(self, self._call, self._child, input)
        begun = self._communication
        if not begun.run(milliseconds(endtime - time.monotonic())):
            output, error = (begun.following.stream(number)[0] or None for number in (1, 2))
            raise TimeoutExpired(self.args, orig_timeout, output, error)
        self.poll()
        try:
            self.result = begun.following.result()
        except BaseException as raised:
            self.result = getattr(raised, "result", None)
            raise
        return self._communicated()

    def _communicated(self) -> Tuple[Any, Any]:
        return (self.result.stdout, self.result.stderr) if self.result else (None, None)

    def _resize(self, *ends: int) -> None:
        """`pipesize` where subprocess does not have it yet."""
        size = self._call.given.get("pipesize", -1)
        if size > 0 and sys.platform == "linux":
            import fcntl

            for end in ends:
                if end >= 0:
                    fcntl.fcntl(end, _SET_PIPESIZE, size)


def _what_says_something(keywords: Dict[str, Any]) -> Dict[str, Any]:
    """The Call looks at what is there: what it would have anyway costs time."""
    return {
        name: value
        for name, value in keywords.items()
        if value is not None and _ORDINARY.get(name, keywords) is not value
    }


# `is` and no more: an argument is anything.
_ORDINARY = {
    "bufsize": -1,
    "close_fds": True,
    "shell": False,
    "creationflags": 0,
    "restore_signals": True,
    "start_new_session": False,
    "pass_fds": (),
    "umask": -1,
    "pipesize": -1,
}
