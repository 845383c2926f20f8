# SPDX-License-Identifier: MIT
"""forkexec.Popen: subprocess.Popen over the engine's own handle of a child."""

import subprocess
import sys
import time
from typing import IO, Any, Dict, Iterable, Mapping, Optional, Tuple, Union

from forkexec._communication import Communication
from forkexec._engine import engine
from forkexec._errors import TimeoutExpired
from forkexec._lower import lowered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from forkexec._native import Child
    from forkexec._result import Result, Usage

    Base = subprocess.Popen[Any]
else:
    Base = subprocess.Popen

_HAS_PIPESIZE = sys.version_info >= (3, 10)
_SET_PIPESIZE = 1031  # F_SETPIPE_SZ, which older versions do not name
LONGEST = 2**31 - 1  # milliseconds


def milliseconds(seconds: Optional[float]) -> int:
    """Rounded up, as a wait that is too short would be repeated; -1 for None."""
    if seconds is None:
        return -1
    return int(min(max(-(-seconds * 1000 // 1), 0), LONGEST))


class Popen(Base):
    """subprocess.Popen, with everything that run() takes.

        with forkexec.Popen(["make"], stdout=subprocess.PIPE, new_session=True) as build:
            for line in build.stdout: ...

    All of subprocess.Popen's arguments (of the newest version, on every version), attributes and
    methods. Beside them the keywords of Setup, `setup`, and of run():

    kill_scope, stop_signal, grace: what stop() reaches, how it begins, for how many seconds.
    max_output, max_total, keep, tee, on_stdout, on_stderr, idle_timeout, linger: what communicate()
        keeps to. `timeout` counts from its first call.
    start_timeout: seconds for the child to reach its program.

    wait() with a timeout is woken by the end of the child, on every version.
    """

    _child: "Optional[Child]" = None
    _communication: Optional[Communication] = None
    result: "Optional[Result]" = None
    """What communicate() gave in full, once it has returned or raised for the last time."""

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
        self._wanted_pipesize = pipesize
        self._request = lowered(
            args,
            executable=executable,
            preexec_fn=preexec_fn,
            close_fds=close_fds,
            shell=shell,
            cwd=cwd,
            env=env,
            restore_signals=restore_signals,
            start_new_session=start_new_session,
            pass_fds=pass_fds,
            **keywords,
        )
        stock: Dict[str, Any] = {"pipesize": pipesize} if _HAS_PIPESIZE else {}
        super().__init__(
            args,
            bufsize,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            close_fds=close_fds,
            universal_newlines=universal_newlines,
            startupinfo=startupinfo,
            creationflags=creationflags,
            pass_fds=pass_fds,
            encoding=encoding,
            errors=errors,
            text=text,
            **stock,
        )

    # ---- what there is to see ----

    @property
    def pidfd(self) -> int:
        """A descriptor that is readable when the child has ended, or -1 where there are none. It
        stays this object's."""
        return self._child.pidfd if self._child else -1

    @property
    def usage(self) -> "Optional[Usage]":
        """What the child used, once its end has been seen."""

    @property
    def duration(self) -> Optional[float]:
        """How many seconds it ran, once its end has been seen."""

    # ---- signals ----

    def send_signal(self, sig: int, scope: Optional[str] = None) -> None:
        """Send a signal to the child, or to all in a scope: "group", "session", "descendants", ...

        Does nothing if the child's end has been seen, or nobody is left in the scope.
        """
        self.poll()
        child = self._child
        if self.returncode is not None or child is None:
            return
        try:
            child.signal(sig, self._request.scope(scope))
        except ProcessLookupError:
            pass

    def stop(self) -> int:
        """Stop the child and all in its kill_scope: the stop_signal, `grace` seconds, then KILL.

        Returns the status as soon as nobody is left. TimeoutError: something is, even so.
        """
        if self._child is not None and self.poll() is None:
            self._child.stop(self._request.ladder)
            self.poll()
        return self.returncode  # type: ignore[no-any-return]

    # ---- in the place of subprocess.Popen's own ----

    def _execute_child(self, *given: Any) -> None:  # type: ignore[override]
        handles = given[10:16]
        if not _HAS_PIPESIZE and self._wanted_pipesize > 0:
            _resize(handles, self._wanted_pipesize)
        command = self._request.command_with(handles[0], handles[3], handles[5])
        self._child = engine.spawn(command)
        self.pid = self._child.pid
        self._child_created = True
        self._close_pipe_fds(*handles)  # type: ignore[attr-defined]

    def _internal_poll(self, _deadstate: Optional[int] = None, *_: Any) -> Optional[int]:
        # Called while the interpreter ends: no global names.
        if self.returncode is None and self._child is not None:
            try:
                end = self._child.wait(0)
            except OSError:
                # Somebody else has reaped it, or SIGCHLD is ignored: nobody knows its status.
                self.returncode = 0 if _deadstate is None else _deadstate
            else:
                if end is not None:
                    self.returncode = end[0]
        return self.returncode

    def _wait(self, timeout: Optional[float]) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        left = timeout
        while self.returncode is None and self._child is not None:
            try:
                end = self._child.wait(milliseconds(left))
            except ChildProcessError:
                self.returncode = 0
                break
            if end is not None:
                self.returncode = end[0]
            elif deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutExpired(self.args, timeout)
        return self.returncode

    def communicate(self, input: Any = None, timeout: Optional[float] = None) -> Tuple[Any, Any]:
        """Send input, read standard output and error to their ends, and wait for the child.

        As subprocess.Popen.communicate(), within the bounds that were asked for. It does
        not wait longer than `linger` seconds for who else holds the streams open, as a grandchild.
        After a TimeoutExpired it can be called again, and nothing is lost.
        """
        if self._communication_started and input:  # type: ignore[has-type]
            raise ValueError("Cannot send input after starting communication")
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            found = self._communicate(input, deadline, timeout)
        except KeyboardInterrupt:
            self._wait_for_interrupted(deadline)
            raise
        finally:
            self._communication_started = True
        self.wait(None if deadline is None else deadline - time.monotonic())
        return found

    def _communicate(
        self, input: Any, endtime: Optional[float], orig_timeout: Optional[float]
    ) -> Tuple[Any, Any]:
        if self._communication is None:
            self._communication = Communication(self, self._request, self._child, input)
        left = None if endtime is None else endtime - time.monotonic()
