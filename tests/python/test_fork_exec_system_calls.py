# SPDX-License-Identifier: MIT
"""What a spawn costs the kernel, and what other threads do meanwhile."""

import re
import subprocess
import tempfile
from typing import List

from tests.python.support import DEADLINE, Python, clean_environment

PREPARE = """
import sys
from forkexec import _native
sys.modules["_posixsubprocess"] = _native
import os, subprocess
subprocess._USE_POSIX_SPAWN = False
if "_fork_exec" in vars(subprocess):
    subprocess._fork_exec = _native.fork_exec
else:
    subprocess._posixsubprocess = _native
"""


def trace(python: Python, code: str, *options: str) -> List[str]:
    """The lines of strace, each with the number of the process before it."""
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run(
            ["strace", "-f", "-o", log.name, *options, python.executable, "-c", PREPARE + code],
            env={**clean_environment(), **python.environment},
            timeout=DEADLINE,
            check=True,
        )
        return log.read().splitlines()


def child_calls(log: List[str], program: str) -> List[str]:
    """The names of the system calls of the process that started the program, before it did."""
    exec_call = re.compile(rf'(\d+) +execve\("{program}"')
    (pid,) = {found[1] for found in map(exec_call.match, log) if found}
    own = [line.split(maxsplit=1)[1] for line in log if line.split()[0] == pid]
    calls = [line for line in own if not line.startswith(("<...", "+++", "---"))]
    return [call.split("(")[0] for call in calls[: [c[:6] for c in calls].index("execve")]]


def test_a_plain_spawn_takes_no_more_than_eight_calls(python: Python) -> None:
    calls = child_calls(trace(python, 'subprocess.Popen(["/bin/true"]).wait()'), "/bin/true")
    assert len(calls) <= 8, calls


def test_a_kept_descriptor_opens_no_directory(python: Python) -> None:
    code = 'os.dup2(2, 3); subprocess.Popen(["/bin/true"], pass_fds=(3,)).wait()'
    calls = child_calls(trace(python, code), "/bin/true")
    assert len(calls) <= 8 and not {"open", "openat", "getdents64"} & set(calls), calls


def test_the_child_shares_memory_unless_it_may_not(python: Python) -> None:
    def flags(options: str) -> str:
        code = f'subprocess.Popen(["/bin/true"], close_fds=True{options}).wait()'
        log = trace(python, code, "-e", "trace=clone,clone3,fork,vfork,execve")
        return "\n".join(line for line in log if "clone" in line)

    assert "CLONE_VM|CLONE_VFORK" in flags("")
    assert "CLONE_VM" not in flags(", preexec_fn=int")
    if python.version >= (3, 9):
        assert "CLONE_VM" not in flags(", extra_groups=[]")
    if (3, 10) <= python.version < (3, 14):
        code = 'subprocess._USE_VFORK = False; subprocess.Popen(["/bin/true"]).wait()'
        log = trace(python, code, "-e", "trace=clone,clone3,fork,vfork")
        assert not [line for line in log if "CLONE_VM|CLONE_VFORK" in line]


TICK = """
import threading, time
longest = 0.0
stop = threading.Event()
def tick():
    global longest
    last = time.monotonic()
    while not stop.is_set():
        stop.wait(0.005)
        now = time.monotonic()
        longest = max(longest, now - last)
        last = now
thread = threading.Thread(target=tick)
thread.start()
start = time.monotonic()
subprocess.Popen(["/bin/true"]).wait()
took = time.monotonic() - start
stop.set()
thread.join()
assert took >= 1, took
print(longest, file=open("/dev/fd/2", "w"))
"""


def test_other_threads_run_while_a_program_is_slow_to_start(python: Python) -> None:
    """With 1 s in execve, CPython 3.10 and 3.13 stand still for it; the bound is a generous one."""
    inject = ["-e", "trace=execve", "-e", "inject=execve:delay_enter=1000000"]
    with tempfile.NamedTemporaryFile("r") as log:
        done = subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-o", log.name, *inject]
            + [python.executable, "-c", PREPARE + TICK],
            env={**clean_environment(), **python.environment},
            stderr=subprocess.PIPE,
            timeout=DEADLINE,
            check=True,
        )
        assert "DELAYED" in log.read()
    assert float(done.stderr) < 0.5
