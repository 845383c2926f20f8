# SPDX-License-Identifier: MIT
"""preexec_fn: as CPython has it, in a child that is a fork."""

import gc
import os
import signal
import threading
from pathlib import Path
from typing import Any, List

import pytest

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, SHELL, Era, rejected, run, shell
from tests.python.support import Python

CALLS = Path(calls.__file__).read_text()
each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)


@each_era
def test_it_runs_in_the_child(era: Era, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    parent = os.getpid()

    def callback() -> None:
        trace.write_text(f"{os.getpid() != parent} {os.getppid() == parent} {gc.isenabled()}")

    with calls.unchanged():
        assert run(era, preexec_fn=callback) == (0, b"", b"")
    assert trace.read_text() == "True True False"


@each_era
def test_what_it_opens_is_closed_and_what_it_sets_stays(era: Era) -> None:
    def callback() -> None:
        os.dup2(1, 77)
        os.set_inheritable(77, True)
        os.putenv("FORKEXEC_TEST", "set in the callback")
        os.umask(0o123)

    script = "echo $FORKEXEC_TEST; umask; ls /proc/$$/fd | grep -x 77"
    assert shell(era, script, preexec_fn=callback).output == b"set in the callback\n0123\n"
    kept = shell(era, script, preexec_fn=callback, close_fds=False).output
    assert kept == b"set in the callback\n0123\n77\n"


@each_era
def test_it_runs_after_the_directory_the_session_and_the_signals(era: Era) -> None:
    seen: List[object] = []

    def callback() -> None:
        seen.extend((os.getcwd(), os.getsid(0) == os.getpid(), signal.pthread_sigmask(0, ())))
        os.write(1, repr([*seen, signal.getsignal(signal.SIGPIPE).name]).encode())  # type: ignore[union-attr]

    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    try:
        ended = run(era, preexec_fn=callback, cwd="/usr", call_setsid=1)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
    assert ended.output.startswith(b"['/usr', True, {<Signals.SIGUSR2: 12>}")
    assert seen == []


@each_era
def test_hooks_run_around_it(era: Era, python: Python) -> None:
    if era.count not in (17, 23) or era.keeps_list:
        return
    code = f"""
said = []
os.register_at_fork(before=lambda: said.append("before"),
                    after_in_parent=lambda: said.append("parent"),
                    after_in_child=lambda: said.append("child"))
era = Era("", {era.count})
def callback(): os.write(1, ",".join([*said, "callback"]).encode())
print(run(era, preexec_fn=callback).output.decode(), ",".join(said))
said.clear()
run(era)
print(said)
"""
    assert python.succeed(CALLS + code) == "before,child,callback before,parent\n[]\n"


@each_era
@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, ValueError])
def test_any_exception_is_reported(era: Era, error: Any) -> None:
    def callback() -> None:
        raise error("not shown to anyone")

    with calls.unchanged():
        ended = run(era, preexec_fn=callback)
    assert ended == (255 << 8, b"SubprocessError:0:Exception occurred in preexec_fn.", b"")


@each_era
def test_what_is_no_function_fails_in_the_child(era: Era) -> None:
    assert run(era, preexec_fn=5).report == b"SubprocessError:0:Exception occurred in preexec_fn."


# ---- garbage collection ----


@each_era
@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(era: Era, enabled: bool) -> None:
    def callback() -> None:
        os.write(1, str(gc.isenabled()).encode())

    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        assert run(era, preexec_fn=callback).output == b"False"
        assert gc.isenabled() is enabled
        rejected(era, preexec_fn=callback, args=5)
        rejected(era, preexec_fn=callback, executable_list=[5])
        rejected(era, preexec_fn=callback, p2cread=999)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


COLLECTOR = """
import gc
def fail():
    raise RuntimeError("of its own")
real = {name: getattr(gc, name) for name in ("isenabled", "disable", "enable")}
references = sys.getrefcount(gc)
for name in ("isenabled", "disable"):
    setattr(gc, name, fail)
    try:
        assert run(running_era(), preexec_fn=int).status == 0
        print("started")
    except RuntimeError as error:
        print(error)
    setattr(gc, name, real[name])
    assert gc.isenabled() and not has_children()
shown = []
sys.unraisablehook = lambda unraisable: shown.append(unraisable.exc_type.__name__)
gc.enable = fail
assert run(running_era(), preexec_fn=int).status == 0
print(shown)
real["enable"]()
assert sys.getrefcount(gc) == references
"""


def test_a_collector_whose_functions_fail(python: Python) -> None:
    """Before 3.10 they are called, and their errors passed on, but never a child lost."""
    wanted = "of its own\nof its own\n['RuntimeError']\n"
    if python.version >= (3, 10):
        wanted = "started\nstarted\n[]\n"
    assert python.succeed(CALLS + COLLECTOR) == wanted


# ---- where it is refused ----

SUBINTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
code = CALLS + '''
error = said(running_era(), preexec_fn=print)
assert error == "RuntimeError: preexec_fn not supported within subinterpreters", error
assert run(running_era()).status == 0
'''
interpreter = interpreters.create()
failure = interpreters.run_string(interpreter, code)
assert failure is None, failure
interpreters.destroy(interpreter)
assert run(running_era(), preexec_fn=int).status == 0
"""


def test_it_is_refused_in_a_subinterpreter_and_nothing_else_is(python: Python) -> None:
    python.succeed(f"CALLS = {CALLS!r}\n" + CALLS + SUBINTERPRETER)


SHUTDOWN = """
class Last:
    def __del__(self, fork_exec=_native.fork_exec, given=arguments(running_era(), preexec_fn=int),
                is_finalizing=sys.is_finalizing, write=os.write, waitpid=os.waitpid):
        assert is_finalizing()
        try:
            pid = fork_exec(*given)
        except Exception as error:
            write(1, f"{type(error).__name__}: {error}".encode())
        else:
            write(1, b"started")
            waitpid(pid, 0)
last = Last()
"""


def test_it_is_refused_at_shutdown_since_3_12(python: Python) -> None:
    kind = "PythonFinalizationError" if python.version >= (3, 13) else "RuntimeError"
    wanted = f"{kind}: preexec_fn not supported at interpreter shutdown"
    if python.version < (3, 12):
        wanted = "started"
    if python.version < (3, 10):
        wanted = "ImportError: sys.meta_path is None, Python is likely shutting down"
    assert python.succeed(CALLS + SHUTDOWN) == wanted


def test_a_process_can_be_started_to_the_very_end(python: Python) -> None:
    """When the modules themselves are gone, there is no subprocess module to be looked at."""
    code = SHUTDOWN.replace(", preexec_fn=int", "").replace("last =", "sys.last = last =")
    assert python.succeed(CALLS + code) in ("started", "")


AT_EXIT = """
import atexit, threading
atexit.register(lambda: print(said(running_era(), preexec_fn=int)))
"""


def test_3_12_refuses_it_even_before_the_functions_of_atexit(python: Python) -> None:
    if python.version == (3, 12):
        wanted = "RuntimeError: preexec_fn not supported at interpreter shutdown\n"
        assert python.succeed(CALLS + AT_EXIT) == wanted


# ---- together with the rest ----


@each_era
def test_a_callback_while_other_threads_start_processes(era: Era) -> None:
    failures: List[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                assert run(era).status == 0
                assert run(era, preexec_fn=os.getpid).status == 0
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_the_parents_signal_handlers_stay_installed_for_it() -> None:
    def callback() -> None:
        os.kill(os.getpid(), signal.SIGUSR1)

    received: List[int] = []
    old = signal.signal(signal.SIGUSR1, lambda number, frame: os.write(1, b"handled ") and None)
    try:
        args = [SHELL, "-c", "echo started"]
        ended = run(ERAS[-1], args=args, executable_list=[SHELL], preexec_fn=callback)
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert (ended.output, received) == (b"handled started\n", [])
