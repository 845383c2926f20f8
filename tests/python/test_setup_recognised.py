# SPDX-License-Identifier: MIT
"""Callables of the standard library as preexec_fn: the engine does what they do, without a fork.

Each is run by CPython's own engine and by ours, and the children are compared.
"""

import json
import os
import re
import subprocess
import tempfile
from typing import Any, Dict, List

import pytest

from tests.python.setup_programs import OBSERVE
from tests.python.support import DEADLINE, Python, clean_environment

# Done by the engine in a child that shares memory.
SHARED = [
    "os.setsid",
    "os.setpgrp",
    "partial(os.setsid)",
    "partial(os.setpgid, 0, 0)",
    "partial(os.nice, 5)",
    "partial(os.nice, 0)",
    "partial(os.umask, 0o27)",
    "partial(os.chdir, '/usr')",
    "partial(os.chdir, b'/usr/bin')",
    "partial(os.chdir, directory)",
    "partial(os.fchdir, directory)",
    "partial(os.sched_setaffinity, 0, {0})",
    "partial(os.sched_setaffinity, 0, [0])",
    "partial(os.sched_setscheduler, 0, os.SCHED_BATCH, os.sched_param(0))",
    "partial(os.setpriority, os.PRIO_PROCESS, 0, 7)",
    "partial(resource.setrlimit, resource.RLIMIT_NOFILE, (64, 128))",
    "partial(resource.setrlimit, resource.RLIMIT_CORE, [0, resource.RLIM_INFINITY])",
    "partial(resource.setrlimit, resource.RLIMIT_CPU, (50, 60))",
    "partial(signal.signal, signal.SIGINT, signal.SIG_IGN)",
    "partial(signal.signal, 2, signal.SIG_DFL)",
    "partial(signal.signal, signal.SIGPIPE, signal.SIG_IGN)",
    "partial(signal.pthread_sigmask, signal.SIG_BLOCK, {signal.SIGUSR1, 12})",
    "partial(signal.pthread_sigmask, signal.SIG_UNBLOCK, [signal.SIGTERM])",
    "partial(signal.pthread_sigmask, signal.SIG_SETMASK, ())",
]
# By the engine, but in a child of its own memory, as it becomes another user.
FORKED = [
    "partial(os.setuid, 1)",
    "partial(os.setreuid, 1, 1)",
    "partial(os.setresuid, 1, 1, 1)",
    "partial(os.setgid, 2)",
    "partial(os.setregid, 2, 2)",
    "partial(os.setresgid, 2, 2, 2)",
    "partial(os.setgroups, [3, 5])",
    "partial(os.setgroups, ())",
]
# Left to be called: what they say is not plain, or is more than can be said.
CALLED = [
    "lambda: os.nice(3)",
    "partial(os.nice, True)",
    "partial(os.umask, 0o1027)",
    "partial(os.nice, 10**6)",
    "partial(os.setresuid, 0, 1, 1)",
    "partial(os.chroot, '/')",
    "partial(partial, os.setsid)",
    "partial(signal.signal, signal.SIGINT, lambda *given: None)",
    "partial(os.chdir, path='/usr')",
    "Changed(os.nice, 3)",
    "patched",
]
FAILING = [
    "partial(os.chdir, '/nonexistent')",
    "partial(os.chdir, 'a\\0b')",
    "partial(os.fchdir, 999)",
    "partial(os.setpgid, 0, 2**22)",
    "partial(os.setpgid, 1, 0)",
    "partial(os.nice, 'a')",
    "partial(os.umask)",
    "partial(resource.setrlimit, resource.RLIMIT_NOFILE, (2, 1))",
    "partial(resource.setrlimit, 999, (1, 1))",
    "partial(signal.signal, signal.SIGKILL, signal.SIG_IGN)",
    "partial(signal.pthread_sigmask, signal.SIG_BLOCK, [999])",
    "partial(os.sched_setaffinity, 0, [])",
]
OPTIONS = [
    ("os.setsid", "start_new_session=True"),
    ("os.setpgrp", "start_new_session=True"),
    ("partial(os.umask, 0o27)", "start_new_session=True"),
    ("partial(os.chdir, '/usr')", "cwd='/'"),
    ("partial(os.chdir, 'bin')", "cwd='/usr'"),
    ("partial(os.chdir, '/usr')", "cwd='/nonexistent'"),
    ("partial(signal.signal, signal.SIGPIPE, signal.SIG_IGN)", "restore_signals=False"),
    ("partial(os.nice, 1)", "close_fds=False"),
    ("partial(os.nice, 1)", "env={'PATH': '/bin'}"),
]
OPTIONS_3_9 = [
    ("partial(os.umask, 0o27)", "umask=0o70"),
    ("partial(os.nice, -1)", "user=1"),
    ("partial(os.setuid, 1)", "group=2, extra_groups=[]"),
    ("partial(os.setgroups, [4])", "user=1"),
]
OPTIONS_3_11 = [("os.setpgrp", "process_group=0"), ("os.setsid", "process_group=0")]

DEFINE = """
class Changed(functools.partial):
    def __call__(self): os.umask(0o77)
import types
own = types.ModuleType("signal")
patched = partial(lambda *given: os.umask(0o70), signal.SIGINT, signal.SIG_IGN)
directory = os.open("/usr/lib", os.O_RDONLY)
"""
COMPARE = (
    OBSERVE
    + DEFINE
    + """
if sys.argv[1] == "ours":
    import forkexec
    forkexec.install()
before = state()
print(json.dumps([[call, options, attempt(eval(call), **eval(f"dict({options})"))]
                  for call, options in json.loads(sys.argv[2])]))
assert state() == before
if sys.argv[1] == "ours":
    print(json.dumps({" ".join(entry[:2]): entry[2] for entry in forkexec.stats().by_mechanism}))
"""
)


def cases(python: Python) -> List[Any]:
    plain = [(call, "") for call in [*SHARED, *FORKED, *CALLED, *FAILING]]
    found = plain + OPTIONS
    if python.version >= (3, 9):
        found += OPTIONS_3_9
    if python.version >= (3, 11):
        found += OPTIONS_3_11
    return found


def test_the_child_is_the_same_as_by_the_stock_engine(python: Python) -> None:
    wanted = cases(python)
    stock = json.loads(python.succeed(COMPARE, "stock", json.dumps(wanted)))
    ours = json.loads(python.succeed(COMPARE, "ours", json.dumps(wanted)).splitlines()[0])
    for (call, options, by_stock), (_, _, by_us) in zip(stock, ours):
        assert by_us == by_stock, (call, options)
    seen = {call: child for call, options, child in ours if not options}
    for call in FAILING:
        assert seen[call] == "SubprocessError('Exception occurred in preexec_fn.')", call
    for call in [*SHARED, *(FORKED if os.geteuid() == 0 else [])]:
        assert isinstance(seen[call], dict), (call, seen[call])


def mechanisms(python: Python, calls: List[str]) -> Dict[str, int]:
    wanted = json.dumps([(call, "") for call in calls])
    found: Dict[str, int] = json.loads(python.succeed(COMPARE, "ours", wanted).splitlines()[1])
    return found


def test_none_of_them_is_called(python: Python) -> None:
    assert mechanisms(python, SHARED) == {"clone3 fastest": len(SHARED)}
    forked = mechanisms(python, FORKED)
    assert sum(forked.values()) == len(FORKED)
    assert {mechanism.split()[1] for mechanism in forked} == {"identity"}


def test_what_is_not_recognised_is_called(python: Python) -> None:
    assert mechanisms(python, CALLED) == {"fork callback": len(CALLED)}


def trace(python: Python, code: str) -> List[str]:
    """The calls of strace that made a process."""
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run(
            ["strace", "-f", "-o", log.name, "-e", "trace=clone,clone3,fork,vfork"]
            + [python.executable, "-c", code],
            env={**clean_environment(), **python.environment},
            timeout=DEADLINE,
            check=True,
        )
        # What finds out whether memory is shared at all is no child that anybody waits for.
        lines = [line for line in log.read().splitlines() if re.match(r"\d+ +\w+\(", line)]
        return [line for line in lines if "SIGCHLD" in line]


def test_the_kernel_sees_no_fork(python: Python) -> None:
    calls = ", ".join(SHARED)
    code = (
        OBSERVE
        + DEFINE
        + "import forkexec; forkexec.install()\n"
        + f"for call in ({calls},): subprocess.call(['/bin/true'], preexec_fn=call)"
    )
    made = trace(python, code)
    assert len(made) == len(SHARED), made
    assert all("CLONE_VM" in line and "CLONE_VFORK" in line for line in made), made
    control = trace(python, code.replace("preexec_fn=call", "preexec_fn=lambda: call()"))
    assert not any("CLONE_VFORK" in line for line in control)


HOOKS = """
import forkexec, os, subprocess
forkexec.install()
os.register_at_fork(before=lambda: print("fork", flush=True))
subprocess.call(["/bin/true"], preexec_fn=os.setsid)
print("between", flush=True)
subprocess.call(["/bin/true"], preexec_fn=lambda: None)
"""


def test_no_hook_of_a_fork_runs(python: Python) -> None:
    assert python.succeed(HOOKS) == "between\nfork\n"


SUBINTERPRETER = """
import forkexec
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
code = '''
import forkexec, os, subprocess
forkexec.install()
try:
    subprocess.call(["/bin/true"], preexec_fn=os.setsid)
except RuntimeError as error:
    print(error, flush=True)
print(subprocess.call(["/bin/true"], preexec_fn=forkexec.Setup(umask=0o22)), flush=True)
'''
interpreter = interpreters.create()
failure = interpreters.run_string(interpreter, code)
assert failure is None, failure
interpreters.destroy(interpreter)
"""


def test_a_subinterpreter_refuses_callables_but_not_setups(python: Python) -> None:
    wanted = "preexec_fn not supported within subinterpreters\n0\n"
    assert python.succeed(SUBINTERPRETER) == wanted


@pytest.mark.parametrize("module", ["os", "signal"])
def test_what_somebody_put_in_its_place_is_called(python: Python, module: str) -> None:
    code = (
        OBSERVE
        + "import forkexec; forkexec.install()\n"
        + "os.setsid = lambda: os.umask(0o11)\n"
        + "signal.signal = lambda *given: os.umask(0o11)\n"
        + "functions = {'os': os.setsid, 'signal': partial(signal.signal, 2, signal.SIG_IGN)}\n"
        + "print(see(functions[sys.argv[1]])['Umask'])"
    )
    assert python.succeed(code, module) == "0011\n"
