# SPDX-License-Identifier: MIT
"""In the place of `subprocess.Popen._execute_child`: the short way for a plain command.

The engine says which ones are plain; all others are left to the method itself.
"""

import functools
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable

# What the method is known to take and to use. One that takes anything else, or uses another name,
# may do more than is done here, and is not replaced.
_HEAD = (
    "self args executable preexec_fn close_fds pass_fds cwd env startupinfo creationflags shell "
    "p2cread p2cwrite c2pread c2pwrite errread errwrite restore_signals"
)
_TAILS = (
    "start_new_session",
    "gid gids uid umask start_new_session",
    "gid gids uid umask start_new_session process_group",
)
_NAMES = (
    "ChildProcessError OSError PathLike SubprocessError TypeError ValueError "
    "_HAVE_POSIX_SPAWN_CLOSEFROM _USE_POSIX_SPAWN _USE_VFORK _child_created _close_pipe_fds "
    "_fork_exec _handle_exitstatus _posix_spawn _posixsubprocess add append audit builtins "
    "bytearray bytes close decode dirname dup environ fork_exec format fsencode get_exec_path "
    "getattr hasattr int isinstance issubclass items join len list map maxsize os path pid pipe "
    "read returncode set sorted split str strerror sys tuple waitpid"
)
_KNOWN_SIGNATURES = {tuple(f"{_HEAD} {tail}".split()) for tail in _TAILS}
_KNOWN_NAMES = frozenset(_NAMES.split())

_HANDLES = slice(10, 16)  # p2cread to errwrite, among the arguments after self
_NO_HANDLES = (-1,) * 6


def is_known(method: object) -> bool:
    code = getattr(method, "__code__", None)
    if code is None or code.co_freevars:
        return False
    signature = code.co_varnames[: code.co_argcount]
    return signature in _KNOWN_SIGNATURES and _KNOWN_NAMES.issuperset(code.co_names)


def make(
    caller: "ModuleType", method: "Callable[..., None]", engine: "ModuleType"
) -> "Callable[..., None]":
    """The method of `caller`, that is `subprocess`, with a short way through `engine`."""
    namespace = vars(caller)
    fork_exec, popen = engine.fork_exec, engine.popen
    close_handles = caller.Popen._close_pipe_fds
    holds_function = "_fork_exec" in namespace
    vfork_unless_said = "_USE_VFORK" not in namespace

    @functools.wraps(method)
    def _execute_child(self: "Any", *given: "Any", **named: "Any") -> None:
        # What the method would look up now, and somebody may have replaced.
        if holds_function:
            used = namespace.get("_fork_exec")
        else:
            used = getattr(namespace.get("_posixsubprocess"), "fork_exec", None)
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
            self._closed_child_pipe_fds = True  # all that is left of it with nothing to close
        else:
            self._close_pipe_fds(*handles)
        if failure:
            _reap(self)
            number, *subject = failure
            if number is None:
                raise caller.SubprocessError(*subject)
            raise OSError(number, os.strerror(number), *subject)
        return None

    return _execute_child


def _reap(popen: "Any") -> None:
    try:
        pid, status = os.waitpid(popen.pid, 0)
    except ChildProcessError:
        return
    if pid == popen.pid:
        popen._handle_exitstatus(status)
    else:
        popen.returncode = sys.maxsize
