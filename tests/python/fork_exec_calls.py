# SPDX-License-Identifier: MIT
"""Calls of fork_exec, by each of its signatures.

Needs nothing but the standard library and the extension, and runs on every CPython: its text
is also put in front of programs that other interpreters run.
"""

import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from forkexec import _native


@dataclass(frozen=True)
class Era:
    """One signature of fork_exec; in 2012 the descriptors to keep came as a list."""

    name: str
    count: int
    keeps_list: bool = False


ERAS = [
    Era("2012", 17, True),
    Era("17", 17),
    Era("21", 21),
    Era("22", 22),
    Era("23", 23),
]
TRUE = b"/bin/true"
SHELL = b"/bin/sh"

# The arguments in their order, with the first signature that has each.
NAMES = [
    *((name, 17) for name in ("args", "executable_list", "close_fds", "pass_fds", "cwd", "env")),
    *((name, 17) for name in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")),
    *((name, 17) for name in ("errpipe_read", "errpipe_write")),
    *((name, 17) for name in ("restore_signals", "call_setsid")),
    ("pgid_to_set", 22),
    *((name, 21) for name in ("gid", "extra_groups", "uid", "child_umask")),
    ("preexec_fn", 17),
    ("allow_vfork", 23),
]


def defaults() -> Dict[str, Any]:
    """A plain call of /bin/true, without an error pipe: that is allowed if nothing is closed."""
    values: Dict[str, Any] = {name: -1 for name, _ in NAMES}
    values.update(args=[TRUE], executable_list=[TRUE], close_fds=False, pass_fds=())
    values.update(restore_signals=1, call_setsid=0, allow_vfork=True)
    for name in ("cwd", "env", "gid", "extra_groups", "uid", "preexec_fn"):
        values[name] = None
    return values


def arguments(era: Era, **changes: Any) -> Tuple[Any, ...]:
    values = defaults()
    assert changes.keys() <= values.keys(), changes
    values.update(changes)
    if era.keeps_list and isinstance(values["pass_fds"], tuple):
        values["pass_fds"] = list(values["pass_fds"])
    return tuple(values[name] for name, since in NAMES if era.count >= since)


def running_era() -> Era:
    """The signature that the subprocess module of this interpreter uses."""
    if sys.version_info >= (3, 14):
        return Era("22", 22)
    if sys.version_info >= (3, 11):
        return Era("23", 23)
    return Era("21", 21) if sys.version_info >= (3, 9) else Era("17", 17)


class Ended(NamedTuple):
    """How a child ended: its wait status, what the error pipe said, and its standard output."""

    status: int
    report: bytes
    output: bytes


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb") as stream:
        return stream.read()


def run(era: Era, **changes: Any) -> Ended:
    """Start a program as subprocess.Popen does, and wait for its end."""
    report_read, report_write = _native.cloexec_pipe()
    output_read, output_write = _native.cloexec_pipe()
    kept = tuple(sorted({*changes.pop("pass_fds", ()), report_write}))
    try:
        pid = _native.fork_exec(
            *arguments(
                era,
                **{"close_fds": True, "c2pread": output_read, "c2pwrite": output_write, **changes},
                pass_fds=kept,
                errpipe_read=report_read,
                errpipe_write=report_write,
            )
        )
    except BaseException:
        os.close(report_read)
        os.close(output_read)
        raise
    finally:
        os.close(report_write)
        os.close(output_write)
    report, output = _read_all(report_read), _read_all(output_read)
    return Ended(os.waitpid(pid, 0)[1], report, output)


def shell(era: Era, script: str, **changes: Any) -> Ended:
    return run(era, args=[SHELL, "-c", script], executable_list=[SHELL], **changes)


def descriptors() -> Dict[int, Tuple[str, bool]]:
    """Everything open in this process, and whether it is inheritable."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found[int(name)] = (os.readlink(f"/proc/self/fd/{name}"), os.get_inheritable(int(name)))
    return {number: what for number, what in found.items() if not what[0].endswith("/fd")}


def has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _state() -> List[object]:
    import gc

    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    handlers = [signal.getsignal(number) for number in (signal.SIGPIPE, signal.SIGCHLD)]
    return [descriptors(), has_children(), gc.isenabled(), mask, handlers, os.getcwd(), os.getgid()]


@contextlib.contextmanager
def unchanged() -> Iterator[None]:
    """Whatever happens inside, this process is afterwards as it was before."""
    before = _state()
    yield
    assert _state() == before


def rejected(era: Era, **changes: Any) -> BaseException:
    """The exception of a call that must not start anything."""
    with unchanged():
        try:
            pid = _native.fork_exec(*arguments(era, **changes))
        except Exception as error:  # whatever it is, the test looks at it
            return error
        os.waitpid(pid, 0)
        raise AssertionError("a process was started")


def said(era: Era, **changes: Any) -> str:
    """That exception as text: its class and message."""
    error = rejected(era, **changes)
    return f"{type(error).__name__}: {error}"
