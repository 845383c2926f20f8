# SPDX-License-Identifier: MIT
"""The method in the place of Popen._execute_child: when it acts, and what it leaves to others."""

import subprocess
import tempfile

import pytest

from tests.python.support import DEADLINE, Python, clean_environment

PRELUDE = """
import os, subprocess, sys
import forkexec
from forkexec import _native

class Count:
    "How often a function is called."
    def __init__(self, function):
        self.function = function
        self.calls = 0
    def __call__(self, *given, **named):
        self.calls += 1
        return self.function(*given, **named)

stock = subprocess.Popen._execute_child
forkexec.install()
TRUE = "/bin/true"
subprocess.Popen([TRUE]).wait()
pipe = os.pipe = Count(os.pipe)

def short(*given, **named):
    "Whether it takes the short way, which makes no error pipe."
    before = pipe.calls
    try:
        subprocess.Popen(*given, **named).wait()
    except OSError:
        pass
    return pipe.calls == before
"""


def check(python: Python, program: str) -> None:
    assert python.succeed(PRELUDE + program + "\nprint('ok')\n") == "ok\n"


SHORT = [
    "[TRUE]",
    "TRUE",
    "(b'/bin/true', 'x')",
    "['true']",
    "['true'], env={'PATH': '/bin'}",
    "[Path(TRUE), Path('x')]",
    "'exit 0', shell=True",
    "[TRUE], cwd='/'",
    "[TRUE], cwd=Path('/')",
    "[TRUE], env={'A': '1'}",
    "[TRUE], pass_fds=(0, 2)",
    "[TRUE], close_fds=False",
    "[TRUE], start_new_session=True",
    "[TRUE], restore_signals=False",
    "[TRUE], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL",
    "['x'], executable=TRUE",
    "['/nonexistent']",
    "['nonexistent']",
    "[TRUE], cwd='/nonexistent'",
]
LONG = [
    "[TRUE], preexec_fn=int",
    "[TRUE], env=os.environ",
    "iter([TRUE])",
    "[TRUE], pass_fds=range(0, 1)",
]


def test_what_is_plain(python: Python) -> None:
    calls = f"""
from pathlib import Path
for call in {SHORT!r}:
    assert eval("short(" + call + ")"), call
for call in {LONG!r}:
    assert not eval("short(" + call + ")"), call
if sys.version_info >= (3, 9):
    assert short([TRUE], umask=0o22)
    assert not short([TRUE], user=os.getuid())
    assert not short([TRUE], extra_groups=[])
if sys.version_info >= (3, 11):
    assert short([TRUE], process_group=0)
"""
    check(python, calls)


def test_uninstall_restores_the_method(python: Python) -> None:
    check(
        python,
        """
ours = vars(subprocess.Popen)["_execute_child"]
assert ours is not stock
forkexec.install()
assert vars(subprocess.Popen)["_execute_child"] is ours
forkexec.uninstall()
assert vars(subprocess.Popen)["_execute_child"] is stock
before = dict(vars(subprocess.Popen)), list(vars(subprocess.Popen))
forkexec.install()
forkexec.uninstall()
assert before == (dict(vars(subprocess.Popen)), list(vars(subprocess.Popen)))
assert forkexec.stats().spawns == 1
subprocess.run([TRUE], check=True)
assert forkexec.stats().spawns == 1
""",
    )


def test_it_looks_like_what_it_replaces(python: Python) -> None:
    check(
        python,
        """
import copyreg, inspect, pickle
method = subprocess.Popen._execute_child
assert inspect.signature(method) == inspect.signature(stock)
for name in ("__name__", "__qualname__", "__module__", "__doc__"):
    assert getattr(method, name) == getattr(stock, name)
assert pickle.loads(pickle.dumps(method)) is method
""",
    )


def test_subclasses(python: Python) -> None:
    check(
        python,
        """
seen = []
class Mine(subprocess.Popen):
    def _execute_child(self, *given, **named):
        seen.append(len(given))
        super()._execute_child(*given, **named)
        seen.append(self.pid)
    def _close_pipe_fds(self, *handles):
        seen.append(handles)
        super()._close_pipe_fds(*handles)
child = Mine([TRUE])
assert child.wait() == 0 and seen[2] == child.pid and seen[1] == (-1,) * 6, seen
assert pipe.calls == 0

class Raises(subprocess.Popen):
    def _execute_child(self, *given, **named):
        try:
            super()._execute_child(*given, **named)
        finally:
            raise RuntimeError("after")
try:
    Raises([TRUE])
except RuntimeError:
    pass
try:
    Raises(["/nonexistent"])
except RuntimeError as error:
    assert isinstance(error.__context__, FileNotFoundError)

class Named(subprocess.Popen):
    def _execute_child(self, args, executable, *rest):
        names = stock.__code__.co_varnames[1 : stock.__code__.co_argcount]
        return super()._execute_child(**dict(zip(names, (args, executable, *rest))))
assert Named([TRUE]).wait() == 0

class Guarded(subprocess.Popen):
    "Its pid is a property."
    def get(self): return self.__dict__["pid"]
    def put(self, pid): self.__dict__["pid"] = pid
    pid = property(get, put)
assert Guarded([TRUE]).wait() == 0
""",
    )


def test_mocks_of_the_engine_are_called(python: Python) -> None:
    check(
        python,
        """
from unittest import mock
target = "subprocess._fork_exec" if hasattr(subprocess, "_fork_exec") else (
    "subprocess._posixsubprocess.fork_exec")
with mock.patch(target, side_effect=RuntimeError("mocked")) as fork_exec:
    try:
        subprocess.Popen([TRUE])
    except RuntimeError as error:
        assert str(error) == "mocked"
    assert fork_exec.call_count == 1
assert short([TRUE])
with mock.patch.object(subprocess.Popen, "_execute_child") as method:
    child = subprocess.Popen([TRUE])
    method.assert_called_once()
assert short([TRUE])
""",
    )


def test_settings_of_the_module_are_honoured(python: Python) -> None:
    check(
        python,
        """
if hasattr(subprocess, "_USE_VFORK"):
    subprocess._USE_VFORK = False
    assert not short([TRUE])
    assert ("fork", "asked") in {entry[:2] for entry in forkexec.stats().by_mechanism}
    subprocess._USE_VFORK = True
    assert short([TRUE])
    if sys.version_info < (3, 11):
        del subprocess._USE_VFORK
        assert not short([TRUE])
        subprocess._USE_VFORK = True
real = os.posix_spawn
os.posix_spawn = Count(real)
subprocess._USE_POSIX_SPAWN = True
subprocess.Popen([TRUE], close_fds=False).wait()
assert os.posix_spawn.calls == 1
""",
    )


def test_a_method_that_is_not_known_stays(python: Python) -> None:
    check(
        python,
        """
forkexec.uninstall()
def other(self, *given, **named):
    return stock(self, *given, **named)
subprocess.Popen._execute_child = other
forkexec.install()
assert subprocess.Popen._execute_child is other
subprocess.run([TRUE], check=True)
forkexec.uninstall()
assert subprocess.Popen._execute_child is other
""",
    )


def test_methods_that_are_known(python: Python) -> None:
    """What does more than was known is not replaced, however little it is."""
    check(
        python,
        """
import types
from forkexec._popen import is_known
assert is_known(stock)
assert not is_known(subprocess.Popen._execute_child)
assert not is_known(None) and not is_known(print) and not is_known(lambda self: None)
scope = {}
names = ", ".join(stock.__code__.co_varnames[: stock.__code__.co_argcount])
exec(f"def same({names}): return os.fsencode(args)\\n"
     f"def more({names}): return os.getpid()\\n"
     f"def fewer({names.replace(', args', '')}): pass\\n", scope)
assert is_known(scope["same"]) and not is_known(scope["more"]), names
assert not is_known(scope["fewer"])
""",
    )


def test_the_audit_event_is_raised_once_before_anything_is_done(python: Python) -> None:
    check(
        python,
        """
seen = []
refuse = False
def hook(event, given):
    if event == "subprocess.Popen":
        seen.append(given)
        if refuse:
            raise PermissionError("audited")
sys.addaudithook(hook)
env, cwd = {"A": "1"}, "/"
arguments = [TRUE, "x"]
def events():
    subprocess.Popen(arguments, cwd=cwd, env=env).wait()
    subprocess.Popen((TRUE, b"x"), executable=TRUE).wait()
    subprocess.Popen("exit 0", shell=True).wait()
    subprocess.Popen(TRUE).wait()
    subprocess.Popen([TRUE], preexec_fn=int).wait()
    for wrong in (["/nonexistent"], [TRUE, 5], ["a\\0"]):
        try:
            subprocess.Popen(wrong)
        except (OSError, TypeError, ValueError):
            pass
events()
ours = seen[:]
assert ours[0][3] is env and ours[0][2] is cwd and ours[0][1] is not arguments
assert [type(one) for one in ours[0]] == [str, list, str, dict]
del seen[:]
forkexec.uninstall()
subprocess._USE_POSIX_SPAWN = False
events()
assert ours == seen, (ours, seen)
forkexec.install()
refuse, before = True, forkexec.stats().spawns
for _ in range(2):
    try:
        subprocess.Popen([TRUE])
    except PermissionError as error:
        assert str(error) == "audited"
    else:
        raise AssertionError
assert forkexec.stats().spawns == before
""",
    )


def test_a_hook_that_changes_what_it_is_shown(python: Python) -> None:
    """It looks at a list that has been read already; nothing is lost of what is still needed."""
    check(
        python,
        """
def hook(event, given):
    if event == "subprocess.Popen":
        given[1].clear()
sys.addaudithook(hook)
assert subprocess.Popen([TRUE]).wait() == 0
name = "/nonexistent/" + str(os.getpid())
try:
    subprocess.Popen([name[:]])
except FileNotFoundError as error:
    assert error.filename == name, error
""",
    )


def test_what_it_starts_is_counted(python: Python) -> None:
    check(
        python,
        """
_native.stats_reset()
assert short([TRUE]) and short(["/nonexistent"]) and short([TRUE], cwd="/nonexistent")
stats = forkexec.stats()
assert stats.by_mechanism == (("clone3", "fastest", 3),), stats
assert stats.failures == {"exec": 1, "chdir": 1}, stats
assert len(_native.stats()["durations"]) == 3
""",
    )


def test_an_interruption_is_not_swallowed(python: Python) -> None:
    check(
        python,
        """
class Path:
    def __init__(self, error): self.error = error
    def __fspath__(self): raise self.error
for error in (KeyboardInterrupt("now"), SystemExit(3), ZeroDivisionError("x")):
    try:
        subprocess.Popen([TRUE, Path(error)])
    except BaseException as seen:
        assert seen is error
    else:
        raise AssertionError(error)
""",
    )


def test_threads(python: Python) -> None:
    check(
        python,
        """
import threading, warnings
warnings.simplefilter("ignore")  # fork beside threads
sys.setswitchinterval(1e-6)
failures = []
def work(number):
    try:
        for turn in range(40):
            assert subprocess.Popen(["/bin/sh", "-c", "exit %d" % number]).wait() == number
            try:
                subprocess.Popen(["/nonexistent/%d" % number])
            except FileNotFoundError as error:
                assert error.filename == "/nonexistent/%d" % number
            else:
                raise AssertionError
    except BaseException as error:
        failures.append(error)
        raise
threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
for thread in threads: thread.start()
forks = []
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(subprocess.Popen([TRUE]).wait())
    forks.append(child)
for child in forks:
    assert os.waitpid(child, 0)[1] == 0
for thread in threads: thread.join()
assert not failures, failures
assert pipe.calls == 0
""",
    )


def test_subinterpreters(python: Python) -> None:
    check(
        python,
        """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
program = (
    "import os, subprocess, forkexec\\n"
    "forkexec.install()\\n"
    "for _ in range(3):\\n"
    "    assert subprocess.call(['true'], env={'PATH': '/bin', 'A': 'x' * 100}) == 0\\n"
    "method = subprocess.Popen._execute_child\\n"
    "assert hasattr(method, '__wrapped__')\\n"
)
for _ in range(3):
    if sys.version_info >= (3, 13):
        other = interpreters.create("legacy")
    elif sys.version_info >= (3, 9):
        other = interpreters.create(isolated=False)
    else:
        other = interpreters.create()
    failure = interpreters.run_string(other, program)
    assert not failure, failure
    interpreters.destroy(other)
assert short(["true"], env={"PATH": "/bin", "A": "x" * 100})
""",
    )


@pytest.mark.parametrize("engine", ["installed", "with subprocess loaded later"])
def test_asyncio(python: Python, engine: str) -> None:
    load = "import subprocess\n" if engine == "installed" else ""
    program = f"""
import os
{load}import forkexec
forkexec.install()
import asyncio
async def main():
    child = await asyncio.create_subprocess_exec("/bin/cat", stdin=-1, stdout=-1)
    output, _ = await child.communicate(b"through")
    assert (output, child.returncode) == (b"through", 0)
    try:
        await asyncio.create_subprocess_exec("/nonexistent", stdin=-1, stdout=-1)
    except FileNotFoundError as error:
        assert error.filename == "/nonexistent"
    else:
        raise AssertionError
asyncio.run(main())
assert forkexec.stats().failures == {{"exec": 1}}
print("ok")
"""
    assert python.succeed(program) == "ok\n"


REFUSED = """
import forkexec, subprocess, sys
forkexec.install()
subprocess.Popen(["/bin/true"]).wait()
seen = []
sys.addaudithook(lambda event, given: seen.append(event) if event == "subprocess.Popen" else None)
assert subprocess.call(["/bin/false"]) == 1 and len(seen) == 2, seen
assert subprocess.call(["/bin/true"]) == 0 and len(seen) == 3, seen
try:
    subprocess.Popen(["/nonexistent"])
except FileNotFoundError as error:
    assert error.filename == "/nonexistent"
print({entry[:2] for entry in forkexec.stats().by_mechanism} - {("clone3", "fastest")})
"""


def test_a_filter_that_is_put_up_later(python: Python) -> None:
    """The short way is then left for good; only the process that finds out is announced twice."""
    with tempfile.NamedTemporaryFile("r") as log:
        # The first is the engine's look at what this kernel offers.
        inject = ["-e", "trace=clone3", "-e", "inject=clone3:error=EPERM:when=3+"]
        done = subprocess.run(
            ["strace", "-f", "-o", log.name, *inject, python.executable, "-c", REFUSED],
            env={**clean_environment(), **python.environment},
            stdout=subprocess.PIPE,
            timeout=DEADLINE,
            check=True,
        )
    assert done.stdout == b"{('clone', 'refused')}\n"
