# SPDX-License-Identifier: MIT
"""Keep one program: bound it in time, and leave nothing that it started.

Called as ``python keeper.py IDLE TOTAL JOURNAL USER PROGRAM ARGUMENT...``. The program runs in a
session of its own, as the user with the number USER if that is not negative. It is ended when
JOURNAL has not grown for IDLE seconds, when TOTAL seconds are over, or when standard input closes,
which tells that the caller is gone. As the subreaper of all that the program starts, this process
can find and end every one of them. Prints one line of JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from typing import Dict, Iterator, List, Set

_PR_SET_CHILD_SUBREAPER = 36
_USUAL_DESCRIPTORS = 1024

# How often the journal is looked at, in seconds. Ends of children are noticed at once.
_LOOK = 1.0
# For a traceback of all threads, which the program's fault handler writes on SIGABRT.
_LAST_WORDS = 5.0


def _become_subreaper() -> None:
    # Elsewhere than on Linux, what leaves the session of the program is not found.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _parents() -> Dict[int, int]:
    """pid -> parent's pid, of all processes."""
    parents: Dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    return parents


def _descendants(root: int) -> Set[int]:
    try:
        parents = _parents()
    except OSError:
        return set()

    def chain(pid: int) -> Iterator[int]:
        while pid in parents:
            pid = parents[pid]
            yield pid

    return {pid for pid in parents if root in chain(pid)}


def _end_all() -> List[int]:
    """Kill and reap everything below this process; returns what was still running."""
    ended: List[int] = []
    while True:
        # Stopped first, so that none can start another between the look and the kill.
        living = _descendants(os.getpid())
        for pid in living:
            _send(pid, signal.SIGSTOP)
        for pid in living | _descendants(os.getpid()):
            _send(pid, signal.SIGKILL)
        try:
            pid, _ = os.waitpid(-1, 0)
            ended.append(pid)
        except ChildProcessError:
            return ended


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _wait(program: subprocess.Popen[bytes], journal: str, idle: float, total: float) -> str:
    """Wait for the program; returns why the wait ended early, or nothing."""
    began = grown = time.monotonic()
    size = -1
    wakeup = _wake_on_child_end()
    while program.poll() is None:
        _reap_orphans(program.pid)
        now = time.monotonic()
        try:
            current = os.stat(journal).st_size
        except OSError:
            current = -1
        if current != size:
            size, grown = current, now
        if now - grown > idle:
            return "idle"
        if now - began > total:
            return "total"
        readable, _, _ = select.select([0, wakeup], [], [], _LOOK)
        if wakeup in readable:
            os.read(wakeup, 4096)
        if 0 in readable and not os.read(0, 1):
            return "abandoned"
    return ""


def _wake_on_child_end() -> int:
    """A descriptor that becomes readable when a child ends."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _reap_orphans(program: int) -> None:
    """What init would do: a test may wait until an orphan's pid is gone."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid == program:
            return
        os.waitpid(ended.si_pid, 0)


def main() -> None:
    idle, total, journal, user = float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _become_subreaper()
    program = subprocess.Popen(
        sys.argv[5:],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,
        preexec_fn=lambda: _prepare_program(int(user)),
    )
    why = _wait(program, journal, idle, total)
    if why:
        _send(program.pid, signal.SIGABRT)
        try:
            program.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
    leftovers = len(_end_all())
    answer = {"status": program.returncode, "stopped": why, "leftovers": leftovers}
    print(json.dumps(answer), flush=True)


def _prepare_program(user: int) -> None:
    # This process ignores them; the program must have them at their default.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    # The usual limit. Tests that fill the table of descriptors skip themselves where it is large.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    usual = _USUAL_DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual if hard < 0 else min(usual, hard), hard))
    if user >= 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


if __name__ == "__main__":
    main()
