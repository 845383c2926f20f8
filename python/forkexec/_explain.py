# SPDX-License-Identifier: MIT
"""What starting a program would do, in words; nothing is started."""

import contextlib
import os
import subprocess
import sys
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Literal,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
    overload,
)

from forkexec._engine import engine
from forkexec._setup import Setup

Text = Union[str, bytes]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Arguments = Union[Path, Sequence[Path]]
Preparation = Union[Setup, Callable[[], Any], None]


@overload
def explain(
    args: Arguments,
    *,
    setup: Preparation = None,
    format: Literal["text"] = "text",
    values: bool = False,
    **popen: Any,
) -> str: ...


@overload
def explain(
    args: Arguments,
    *,
    setup: Preparation = None,
    format: Literal["json"],
    values: bool = False,
    **popen: Any,
) -> Dict[str, Any]: ...


def explain(
    args: Arguments,
    *,
    setup: Preparation = None,
    format: str = "text",
    values: bool = False,
    **popen: Any,
) -> Union[str, Dict[str, Any]]:
    """What `subprocess.Popen(args, preexec_fn=setup, ...)` does when forkexec is installed.

    The mechanism and why, then a line for each step of the child, in order; with format="json" the
    same as a dictionary. Of the environment only names are shown, unless `values` is true.
    The keywords are those of Popen: executable, stdin, stdout, stderr, close_fds, shell, cwd, env,
    restore_signals, start_new_session, pass_fds, user, group, extra_groups, umask, process_group.

    subprocess.SubprocessError, OSError: it could not be started, and why.
    """
    if format not in ("text", "json"):
        raise ValueError(f"format: {format!r} is neither 'text' nor 'json'")
    if setup is not None and not callable(setup):
        raise TypeError(f"setup: needs a Setup or another callable, not {setup!r}")
    request = _Request(**popen)
    with contextlib.ExitStack() as stack:
        arguments = request.arguments(args, setup, stack)
        text = engine.explain(arguments, format == "json", values)
    if format == "text":
        return text
    import json

    found: Dict[str, Any] = json.loads(text)
    return found


class _Request:
    """The keywords of Popen that say something of the child."""

    def __init__(
        self,
        *,
        executable: Optional[Path] = None,
        stdin: Any = None,
        stdout: Any = None,
        stderr: Any = None,
        close_fds: bool = True,
        shell: bool = False,
        cwd: Optional[Path] = None,
        env: Optional[Mapping[Any, Text]] = None,
        restore_signals: bool = True,
        start_new_session: bool = False,
        pass_fds: Sequence[int] = (),
        user: Union[str, int, None] = None,
        group: Union[str, int, None] = None,
        extra_groups: Optional[Sequence[Union[str, int]]] = None,
        umask: int = -1,
        process_group: Optional[int] = None,
    ) -> None:
        self.executable = executable
        self.streams = (stdin, stdout, stderr)
        self.close_fds = close_fds or bool(pass_fds)
        self.shell = shell
        self.cwd = cwd
        self.env = env
        self.restore_signals = restore_signals
        self.start_new_session = start_new_session
        self.pass_fds = tuple(sorted(set(map(int, pass_fds))))
        self.user = _id("user", user)
        self.group = _id("group", group)
        self.groups = None if extra_groups is None else [_id("group", g) for g in extra_groups]
        self.umask = umask
        self.process_group = -1 if process_group is None else process_group

    def arguments(
        self, args: Arguments, setup: object, stack: contextlib.ExitStack
    ) -> Tuple[Any, ...]:
        """Those of fork_exec, as Popen makes them."""
        argv, program = self._program(args)
        child = [_open(self.streams, i, stack) for i in range(3)]
        if self.streams[2] == subprocess.STDOUT:
            child[2] = child[1] if child[1] != -1 else 1
        return (
            argv,
            self._executables(program),
            self.close_fds,
            self.pass_fds,
            self.cwd,
            self._environment(),
            *(child[0], -1, -1, child[1], -1, child[2], -1, -1),
            self.restore_signals,
            self.start_new_session,
            self.process_group,
            self.group,
            self.groups,
            self.user,
            self.umask,
            setup,
            True,
        )

    def _program(self, args: Arguments) -> Tuple[List[Path], Path]:
        argv: List[Path]
        argv = [args] if isinstance(args, (str, bytes, os.PathLike)) else list(args)
        if self.shell:
            argv = ["/bin/sh", "-c", *argv]
            if self.executable:
                argv[0] = self.executable
        if not argv:
            raise ValueError("args: needs at least one element")
        return argv, self.executable if self.executable is not None else argv[0]

    def _executables(self, program: Path) -> Tuple[bytes, ...]:
        name = os.fsencode(program)
        if os.path.dirname(name):
            return (name,)
        path: Any = self.env
        return tuple(
            os.path.join(os.fsencode(directory), name) for directory in os.get_exec_path(path)
        )

    def _environment(self) -> Optional[List[bytes]]:
        if self.env is None:
            return None
        return [os.fsencode(k) + b"=" + os.fsencode(v) for k, v in self.env.items()]


def _open(streams: Sequence[Any], number: int, stack: contextlib.ExitStack) -> int:
    """A descriptor to stand for what Popen would open; -1 to inherit."""
    wanted = streams[number]
    if wanted is None or wanted == subprocess.STDOUT:
        return -1
    if wanted == subprocess.PIPE:
        read, write = stack.enter_context(_pipe())
        return read if number == 0 else write
    if wanted == subprocess.DEVNULL:
        return stack.enter_context(_null())
    descriptor: int = wanted if isinstance(wanted, int) else wanted.fileno()
    return descriptor


@contextlib.contextmanager
def _pipe() -> Iterator[Tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        os.close(ends[0])
        os.close(ends[1])


@contextlib.contextmanager
def _null() -> Iterator[int]:
    descriptor = os.open(os.devnull, os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _id(kind: str, value: Union[str, int, None]) -> Optional[int]:
    if not isinstance(value, str):
        return value
    if sys.platform == "win32":  # for the type checker: there is none
        raise OSError
    import grp
    import pwd

    return pwd.getpwnam(value).pw_uid if kind == "user" else grp.getgrnam(value).gr_gid
