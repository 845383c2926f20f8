# SPDX-License-Identifier: MIT
"""In the place of `subprocess.Popen._execute_child`: plain commands without its detours.

It takes any that the engine says is plain, and leaves all others to the method itself.
"""

import functools
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable

# What the method was known to do when this was written. One that takes other arguments, or uses
# another name, may do more, and is not replaced.
_HEAD = (
    "self args executable preexec_fn close_fds pass_fds cwd env startupinfo creationflags shell "
    "p2cread p2cwrite c2pread c2pwrite errread errwrite restore_signals"
)
_SIGNATURES = {
    tuple(f"{_HEAD} {tail}".split())
    for tail in (
        "start_new_session",
        "gid gids uid umask start_new_session",
        "gid gids uid umask start_new_session process_group",
    )
}
_NAMES = frozenset(
    """
    ChildProcessError OSError PathLike SubprocessError TypeError ValueError _USE_POSIX_SPAWN
    _HAVE_POSIX_SPAWN_CLOSEFROM _USE_VFORK _child_created _close_pipe_fds _fork_exec
    _handle_exitstatus _posix_spawn _posixsubprocess add append audit builtins bytearray bytes
    close decode dirname dup environ fork_exec format fsencode get_exec_path getattr hasattr int
    isinstance issubclass items join len list map maxsize os path pid pipe read returncode set
    sorted split str strerror sys tuple waitpid
    """.split()
)
_HANDLES = slice(10, 16)  # p2cread to errwrite, among the arguments after self
_NO_HANDLES = (-1,) * 6


def is_known(method: object) -> bool:
    code = getattr(method, "__code__", None)
    if code is None or getattr(method, "__closure__", None) is not None:
        return False
    names = code.co_varnames[: code.co_argcount]
    return names in _SIGNATURES and _NAMES.issuperset(code.co_names)


def make(
    caller: "ModuleType", method: "Callable[..., None]", engine: "ModuleType"
) -> "Callable[..., None]":
    """The method of `caller`, that is `subprocess`, with a short way through `engine`."""
    # What is looked up here per call is what the method would look up: it may be replaced.
    namespace = vars(caller)
    fork_exec, popen = engine.fork_exec, engine.popen
    vfork_unless_said = "_USE_VFORK" not in namespace
    keeps_engine = "_fork_exec" not in namespace
    close_handles = getattr(caller, "Popen")._close_pipe_fds

    @functools.wraps(method)
    def _execute_child(self: "Any", *given: "Any", **named: "Any") -> None:
        if keeps_engine:
            used = getattr(namespace.get("_posixsubprocess"), "fork_exec", None)
        else:
            used = namespace.get("_fork_exec")
        if (
            used is not fork_exec
            or namespace.get("_USE_VFORK", vfork_unless_said) is not True
            or namespace.get("_USE_POSIX_SPAWN") is not False
            or named
        ):
            return method(self, *given, **named)
        failure = popen(self, given)
        if failure is None:
            return method(self, *given)
        handles = given[_HANDLES]
        if (
            handles == _NO_HANDLES
            and type(self)._close_pipe_fds is close_handles
            and not hasattr(self, "_devnull")
        ):
            self._closed_child_pipe_fds = True  # all that it would do with nothing to close
        else:
            self._close_pipe_fds(*handles)
        if failure:
            _take_end(self)
            number, *subject = failure
            raise OSError(number, os.strerror(number), *subject)
        return None

    return _execute_child


def _take_end(popen: "Any") -> None:
    """Reap a child that has failed."""
    try:
        pid, status = os.waitpid(popen.pid, 0)
    except ChildProcessError:
        return
    if pid == popen.pid:
        popen._handle_exitstatus(status)
    else:
        popen.returncode = sys.maxsize
