# SPDX-License-Identifier: MIT
"""forkexec.run: how it ends, whoever interrupts it, and from wherever it is called."""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import forkexec
import pytest
from forkexec import DEVNULL, PIPE

from tests.python.running import nothing_left, runs, shell
from tests.python.support import Python

__all__ = ["nothing_left"]  # a fixture of every test here

# ---- the end ----


def test_usage_and_duration() -> None:
    result = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
    assert result.usage.user_time + result.usage.system_time > 0
    assert result.usage.max_resident > 100_000
    assert result.usage.minor_faults > 0
    assert result.duration >= 0.9 * (result.usage.user_time + result.usage.system_time)
    assert (result.ending, result.held, result.returncodes) == ("exit", False, (0,))


def test_signal() -> None:
    result = shell("kill -TERM $$")
    assert (result.returncode, result.signal, result.core_dumped) == (-15, 15, False)


def test_somebody_holds_the_stream() -> None:
    result = shell("echo a; sleep 1000 & echo $!", stdout=PIPE, linger=0)
    first, pid = result.stdout.split()
    os.kill(int(pid), signal.SIGKILL)
    assert (first, result.held, result.returncode) == (b"a", True, 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="descendants are found on Linux")
@pytest.mark.parametrize("scope", [None, "group", "session", "descendants"])
def test_a_timeout_reaches_the_scope(scope: Optional[str]) -> None:
    script = 'trap "" TERM; sleep 1000 & echo $!; wait; sleep 1000'
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        shell(script, stdout=PIPE, timeout=0.5, grace=0.2, kill_scope=scope, linger=0)
    assert caught.value.result is not None
    assert caught.value.result.ending == "timeout"
    assert not runs(int(caught.value.output))


def test_a_timeout_that_reaches_only_the_process() -> None:
    """The positive control of the scopes."""
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        shell(
            "sleep 1000 & echo $!; wait", stdout=PIPE, timeout=0.5, kill_scope="process", linger=0
        )
    assert runs(int(caught.value.output))
    os.kill(int(caught.value.output), signal.SIGKILL)


def test_stop_signal() -> None:
    script = 'trap "echo got INT; exit 7" INT; echo up; while :; do sleep 0.05; done'
    with pytest.raises(forkexec.TimeoutExpired) as caught:
        shell(script, stdout=PIPE, timeout=0.5, stop_signal="INT", kill_scope="process")
    assert caught.value.output == b"up\ngot INT\n"
    assert caught.value.result is not None and caught.value.result.returncode == 7


def test_idle_timeout() -> None:
    with pytest.raises(forkexec.IdleTimeoutExpired) as caught:
        shell("echo a; exec sleep 1000", stdout=PIPE, idle_timeout=0.3)
    assert (caught.value.output, caught.value.timeout) == (b"a\n", 0.3)
    assert caught.value.result is not None and caught.value.result.ending == "idle-timeout"


# ---- threads, signals, audit ----


def test_many_threads() -> None:
    results: List[forkexec.Result] = []

    def work(n: int) -> None:
        for i in range(20):
            results.append(forkexec.run(["echo", f"{n} {i}"], stdout=PIPE))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.stdout.decode() for result in results) == sorted(
        f"{n} {i}\n" for n in range(8) for i in range(20)
    )


def test_other_threads_run_meanwhile(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    thread = threading.Thread(target=lambda: fifo.write_text("go"))
    thread.start()
    assert forkexec.run(["cat", fifo], stdout=PIPE).stdout == b"go"
    thread.join()


SIGNALS = """
import forkexec, os, signal, sys
def handler(number, frame): raise {exception}
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
pids = []
def note(data):
    pids.append(int(data))
try:
    forkexec.run(["sh", "-c", 'trap "" TERM; echo $$; exec sleep 1000'], on_stdout=note,
                 grace={grace}, **{keywords})
    print("ended")
except {exception}:
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        os.kill(pids[0], 0)
        print("still there")
    except ProcessLookupError:
        print("gone")
"""


@pytest.mark.parametrize("keywords", [{}, {"stderr": PIPE, "start_timeout": 100}])
def test_an_interruption_runs_the_ladder(python: Python, keywords: Dict[str, Any]) -> None:
    script = SIGNALS.format(exception="KeyboardInterrupt", grace=0.5, keywords=keywords)
    assert python.succeed(script) == "gone\n"


def test_a_second_interruption_is_in_a_hurry(python: Python) -> None:
    """TERM is ignored and would be waited for all of the grace: the second signal comes first."""
    script = SIGNALS.format(exception="KeyboardInterrupt", grace=100000, keywords={})
    assert python.succeed(script) == "gone\n"


def test_handlers_that_return_do_not_end_it(python: Python) -> None:
    script = """
import forkexec, signal, subprocess
count = []
signal.signal(signal.SIGALRM, lambda number, frame: count.append(number))
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
done = forkexec.run(["sleep", "0.5"], capture_output=True)
signal.setitimer(signal.ITIMER_REAL, 0)
print(done.returncode, len(count) > 1)
"""
    assert python.succeed(script) == "0 True\n"


AUDIT = """
import forkexec, os, subprocess, sys
events = []
def hook(event, args):
    if event == "subprocess.Popen":
        events.append(args)
        if args[1] == ["forbidden"]: raise PermissionError("no")
sys.addaudithook(hook)
forkexec.run(["true", "x"], cwd="/", env={"PATH": "/bin"})
forkexec.run(["y"], executable="true", max_output=1, environment={"PATH": "/bin:/usr/bin"})
print(events)
try:
    forkexec.run(["forbidden"])
except PermissionError as error:
    print(error)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nothing ran")
"""


def test_audit(python: Python) -> None:
    shown = python.succeed(AUDIT).splitlines()
    assert shown == [
        "[('true', ['true', 'x'], '/', {'PATH': '/bin'}), "
        "('true', ['y'], None, {'PATH': '/bin:/usr/bin'})]",
        "no",
        "nothing ran",
    ]


def test_a_subinterpreter(python: Python) -> None:
    if python.version >= (3, 14):
        pytest.skip("the module is another one")
    script = """
import sys
import importlib
name = "_xxsubinterpreters" if sys.version_info < (3, 13) else "_interpreters"
interpreters = importlib.import_module(name)
inner = interpreters.create()
interpreters.run_string(inner, '''
import forkexec
seen = []
done = forkexec.run(["sh", "-c", "echo a; echo b"], stdout=-1, on_stdout=seen.append)
assert done.stdout == b"a\\\\nb\\\\n" == b"".join(seen), done
''')
interpreters.destroy(inner)
print("done")
"""
    assert python.succeed(script) == "done\n"


def test_fork_in_another_thread(python: Python) -> None:
    script = """
import forkexec, os, threading, warnings
warnings.simplefilter("ignore")
stop = threading.Event()
def work():
    while not stop.is_set():
        assert forkexec.run(["true"], capture_output=True).returncode == 0
forkexec.run(["true"])  # imports are over: the lock of one that another thread holds would stay
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        ok = forkexec.run(["echo", "x"], capture_output=True).stdout == b"x\\n"
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
print("done")
"""
    assert python.succeed(script) == "done\n"


def test_the_short_way_and_the_long_one_agree() -> None:
    """Whatever is plain is also right when something makes it not plain."""
    cases: List[Dict[str, Any]] = [
        {},
        {"capture_output": True},
        {"stdout": PIPE, "stderr": forkexec.STDOUT},
        {"input": b"x", "stdout": PIPE},
        {"stdin": DEVNULL, "stderr": PIPE, "timeout": 100},
        {"cwd": "/", "env": {"PATH": "/bin"}, "stdout": PIPE, "encoding": "utf-8"},
    ]
    plain: Callable[..., forkexec.Result] = forkexec.run
    for case in cases:
        if "stdin" not in case and "input" not in case:
            case["stdin"] = DEVNULL
        short = plain(["cat"], **case)
        long = plain(["cat"], umask=0o22, **case)
        names = ("args", "returncode", "stdout", "stderr", "ending", "stdout_seen", "stdout_kept")
        assert [getattr(short, name) for name in names] == [getattr(long, name) for name in names]
