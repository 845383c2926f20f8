# SPDX-License-Identifier: MIT
"""forkexec.run: what it takes beyond subprocess.run, and what becomes of the child."""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import forkexec
import pytest
from forkexec import DEVNULL, PIPE, Setup

from tests.python.run_cases import open_descriptors
from tests.python.support import Python


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No descriptor, no child, no zombie."""
    before = open_descriptors()
    yield
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def runs(pid: int) -> bool:
    """Whoever inherits a dead one may let it lie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def shell(script: str, **keywords: Any) -> forkexec.Result:
    return forkexec.run(["sh", "-c", script], **keywords)


# ---- what the child is to be ----


@pytest.mark.parametrize(
    "keywords",
    [
        {"limits": {"nofile": 77}},
        {"setup": Setup(limits={"nofile": 77})},
        {"preexec_fn": Setup(limits={"nofile": 77})},
        {"setup": Setup(limits={"nofile": 77}), "umask": 0o22},
    ],
)
def test_keywords_of_setup(keywords: Dict[str, Any]) -> None:
    assert shell("ulimit -n", stdout=PIPE, **keywords).stdout == b"77\n"


def test_known_callables_are_data() -> None:
    result = shell("ps -o sid= $$; echo $$", stdout=PIPE, preexec_fn=os.setsid)
    first, second = result.stdout.split()
    assert first == second


def test_other_callables_are_refused() -> None:
    with pytest.raises(ValueError, match=r"doc/preexec_fn\.md"):
        forkexec.run(["true"], preexec_fn=print)


@pytest.mark.parametrize(
    "keywords",
    [
        {"cwd": "/", "directory": "/"},
        {"env": {}, "environment": {}},
        {"extra_groups": [], "groups": []},
        {"nice": 1, "setup": Setup(nice=1)},
        {"nice": 1, "preexec_fn": Setup(nice=1)},
        {"umask": 0o22, "setup": Setup(umask=0o22)},
        {"start_new_session": True, "setup": Setup(process_group=0)},
        {"start_new_session": True, "preexec_fn": os.setsid},
    ],
)
def test_said_twice(keywords: Dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        forkexec.run(["true"], **keywords)


def test_a_directory_by_descriptor() -> None:
    directory = os.open("/usr", os.O_RDONLY)
    try:
        assert shell("pwd", stdout=PIPE, directory=directory).stdout == b"/usr\n"
    finally:
        os.close(directory)


def test_inherited_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORKEXEC_SEEN", "here")
    assert shell("echo $FORKEXEC_SEEN", stdout=PIPE).stdout == b"here\n"
    monkeypatch.delenv("FORKEXEC_SEEN")
    assert shell("echo $FORKEXEC_SEEN", stdout=PIPE).stdout == b"\n"


def test_an_environment_that_changes_is_seen() -> None:
    variables = {"PATH": os.environ["PATH"], "A": "1"}
    for value in ("1", "2", "3"):
        variables["A"] = value
        assert shell("echo $A", stdout=PIPE, env=variables).stdout == f"{value}\n".encode()


def test_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        forkexec.run(["true"], colour="red")  # type: ignore[call-arg]


# ---- input ----


def test_input_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"x" * 300_000)
    with path.open("rb") as file:
        assert forkexec.run(["wc", "-c"], input=file, stdout=PIPE).stdout.strip() == b"300000"


def test_input_from_what_has_no_descriptor() -> None:
    import io

    assert forkexec.run(["cat"], input=io.BytesIO(b"abc"), stdout=PIPE).stdout == b"abc"
    assert forkexec.run(["cat"], input=io.StringIO("abc"), stdout=PIPE, text=True).stdout == "abc"


def test_input_and_output_at_once() -> None:
    data = os.urandom(3_000_000)
    assert forkexec.run(["cat"], input=data, stdout=PIPE).stdout == data


# ---- functions and tees ----


def test_functions_see_what_comes() -> None:
    seen: Dict[str, List[bytes]] = {"out": [], "err": []}
    result = shell(
        "echo a; echo b >&2; exit 2",
        on_stdout=seen["out"].append,
        on_stderr=seen["err"].append,
    )
    assert (b"".join(seen["out"]), b"".join(seen["err"])) == (b"a\n", b"b\n")
    assert (result.stdout, result.stderr, result.returncode) == (None, None, 2)
    assert (result.stdout_seen, result.stdout_kept) == (2, 0)


def test_functions_and_capture() -> None:
    seen: List[bytes] = []
    result = shell("echo a", stdout=PIPE, on_stdout=seen.append)
    assert (result.stdout, seen) == (b"a\n", [b"a\n"])


def test_an_exception_of_a_function_stops_the_child() -> None:
    pids: List[int] = []

    def refuse(data: bytes) -> None:
        pids.append(int(data))
        raise KeyError("refused")

    with pytest.raises(KeyError, match="refused"):
        shell("echo $$; exec sleep 1000", on_stdout=refuse)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_function_may_run_another_command() -> None:
    inner: List[bytes] = []

    def run(data: bytes) -> None:
        inner.append(forkexec.run(["cat"], input=data, stdout=PIPE).stdout)

    shell("echo a", on_stdout=run)
    assert inner == [b"a\n"]


def test_tee_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.write(b"before\n")
        result = shell("echo a; echo b >&2", capture_output=True, tee=file)
    assert (result.stdout, result.stderr) == (b"a\n", b"b\n")
    assert sorted(path.read_bytes().split()) == [b"a", b"b", b"before"]
    assert path.read_bytes().startswith(b"before\n")


def test_tee_of_each_stream(tmp_path: Path) -> None:
    for number, tee in enumerate(("pair", "mapping")):
        paths = [tmp_path / f"{number}{name}" for name in ("out", "err")]
        with paths[0].open("wb") as out, paths[1].open("wb") as err:
            given: Any = (out, err) if tee == "pair" else {"stdout": out, "stderr": err}
            result = shell("echo a; echo b >&2", tee=given)
        assert [path.read_bytes() for path in paths] == [b"a\n", b"b\n"]
        assert (result.stdout, result.stdout_seen) == (None, 2)


def test_tee_to_our_own_streams(python: Python) -> None:
    script = """
import forkexec, sys
sys.stdout.write("first ")
done = forkexec.run(["sh", "-c", "echo a; echo b >&2"], capture_output=True, tee=True)
sys.stdout.flush()
print(done.stdout, done.stderr)
"""
    outcome = python.run("-c", script)
    assert outcome.stderr == "b\n"
    assert "a\n" in outcome.stdout and "b'a\\n' b'b\\n'" in outcome.stdout


@pytest.mark.parametrize(
    "keywords",
    [
        {"stdout": DEVNULL, "tee": (2, None)},
        {"stdout": DEVNULL, "on_stdout": print},
        {"tee": (1, 2, 3)},
        {"tee": {"stdin": 1}},
        {"tee": -4},
        {"idle_timeout": 1},
        {"keep": "middle", "max_output": 1},
        {"keep": "stop"},
        {"max_output": -1},
        {"kill_scope": "everything"},
        {"kill_scope": "cgroup"},
        {"kill_scope": "group", "process_group": os.getpgrp()},
        {"kill_scope": "session", "process_group": 0},
        {"stop_signal": "NONSENSE"},
        {"stdin": forkexec.STDOUT},
    ],
)
def test_what_makes_no_sense(keywords: Dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        forkexec.run(["true"], **keywords)


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
