# SPDX-License-Identifier: MIT
"""install() and uninstall(), each in a fresh interpreter of every version."""

import pytest

from tests.python.support import Python

# Asserts are in the programs: what they print is only "ok".
PRELUDE = """\
import sys

def spawns():
    return forkexec.stats().spawns

def uses_engine(module):
    from forkexec import _native
    fork_exec = getattr(module, "_fork_exec", None) or module._posixsubprocess.fork_exec
    return fork_exec is _native.fork_exec and module._USE_POSIX_SPAWN is False

def state():
    caller = sys.modules.get("subprocess")
    return (
        sys.modules.get("_posixsubprocess"),
        caller,
        None if caller is None else dict(vars(caller)),
        list(sys.meta_path),
    )
"""


def check(python: Python, program: str) -> None:
    assert python.succeed(PRELUDE + program + "\nprint('ok')\n") == "ok\n"


def test_before_subprocess(python: Python) -> None:
    check(
        python,
        """
import forkexec
assert not forkexec.installed()
forkexec.install()
assert forkexec.installed()
from forkexec import _native
assert sys.modules["_posixsubprocess"] is _native
import subprocess
assert uses_engine(subprocess)
loader = type(subprocess.__loader__).__module__
assert "forkexec" not in loader and subprocess.__spec__.loader is subprocess.__loader__, loader
subprocess.run(["/bin/true"], check=True)
subprocess.run(["true"], check=True)
assert spawns() == 2
""",
    )


def test_subprocess_is_left_unloaded(python: Python) -> None:
    check(python, "import forkexec; forkexec.install(); assert 'subprocess' not in sys.modules")


def test_after_subprocess(python: Python) -> None:
    check(
        python,
        """
import forkexec, subprocess
forkexec.install()
assert uses_engine(subprocess)
subprocess.run(["/bin/true"], check=True)
assert spawns() == 1
""",
    )


@pytest.mark.parametrize("loaded", ["", "import _posixsubprocess", "import subprocess"])
def test_uninstall_restores(python: Python, loaded: str) -> None:
    check(
        python,
        f"""
{loaded}
import forkexec
before = state()
forkexec.install()
forkexec.install()
assert state() != before
forkexec.uninstall()
assert state() == before
assert not forkexec.installed()
forkexec.uninstall()
assert state() == before
""",
    )


def test_uninstall_keeps_what_others_replaced(python: Python) -> None:
    """What was there before is a stranger's patch; it comes back."""
    check(
        python,
        """
import forkexec, subprocess, types
stranger = types.ModuleType("_posixsubprocess")
stranger.fork_exec = lambda *args: 0
sys.modules["_posixsubprocess"] = stranger
subprocess._USE_POSIX_SPAWN = "odd"
before = state()
forkexec.install()
forkexec.uninstall()
assert state() == before
""",
    )


def test_uninstall_after_subprocess_was_loaded_with_the_engine(python: Python) -> None:
    """Then there is nothing to put back, only what there would have been."""
    check(
        python,
        """
import forkexec
forkexec.install()
import subprocess
forkexec.uninstall()
assert not uses_engine(subprocess)
stock = sys.modules["_posixsubprocess"]
assert "forkexec" not in (stock.__spec__.origin or ""), stock
mine = {name: vars(subprocess).get(name) for name in ("_fork_exec", "_posixsubprocess")}
spawn = subprocess._USE_POSIX_SPAWN
del sys.modules["subprocess"]
import subprocess as fresh
assert mine == {name: vars(fresh).get(name) for name in mine}
assert spawn == fresh._USE_POSIX_SPAWN
before = spawns()
fresh.run(["/bin/true"], check=True)
assert spawns() == before
""",
    )


def test_every_copy_of_subprocess(python: Python) -> None:
    """Tests import modules afresh, or load them again."""
    check(
        python,
        """
import forkexec, importlib, subprocess
forkexec.install()
importlib.reload(subprocess)
assert uses_engine(subprocess)
del sys.modules["subprocess"], sys.modules["_posixsubprocess"]
import subprocess as fresh
assert fresh is not subprocess and uses_engine(fresh)
forkexec.uninstall()
assert not uses_engine(subprocess) and not uses_engine(fresh)
""",
    )


def test_asyncio(python: Python) -> None:
    check(
        python,
        """
import asyncio, forkexec
forkexec.install()
async def main():
    child = await asyncio.create_subprocess_exec("/bin/echo", "a", stdout=-1)
    assert (await child.communicate())[0] == b"a\\n"
asyncio.run(main())
assert spawns() == 1
""",
    )


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_multiprocessing(python: Python, method: str) -> None:
    """The resource tracker and the server count as well."""
    check(
        python,
        f"""
import forkexec, multiprocessing, os
forkexec.install()
context = multiprocessing.get_context("{method}")
child = context.Process(target=os._exit, args=(7,))
child.start()
child.join()
assert child.exitcode == 7, child.exitcode
assert spawns() >= 2, spawns()
""",
    )


def test_engine_that_cannot_be_loaded(python: Python) -> None:
    """install() says so; what forkexec.pth does is silent, and leaves the interpreter as it is."""
    check(
        python,
        """
import forkexec
before = state()
sys.modules["forkexec._native"] = None
try:
    forkexec.install()
except ImportError:
    pass
else:
    raise AssertionError("installed")
assert state() == before and not forkexec.installed()

from forkexec._hook import start
start()
assert not forkexec.installed()
import subprocess
assert sys.meta_path == before[3]
del sys.modules["forkexec._native"]
assert not uses_engine(subprocess)
subprocess.run(["/bin/true"], check=True)
""",
    )


def test_start_is_lazy(python: Python) -> None:
    """forkexec.pth must cost an interpreter that starts no process next to nothing."""
    check(
        python,
        """
before = set(sys.modules)
from forkexec._hook import start
start()
assert set(sys.modules) - before == {"forkexec", "forkexec._hook"}, set(sys.modules) - before
import _posixsubprocess, forkexec, subprocess
assert _posixsubprocess is forkexec._native and uses_engine(subprocess)
start()
forkexec.uninstall()
assert not uses_engine(subprocess)
""",
    )


def test_start_after_subprocess(python: Python) -> None:
    check(
        python,
        """
import subprocess
from forkexec._hook import start
start()
assert uses_engine(subprocess)
""",
    )


def test_lazy_then_uninstalled(python: Python) -> None:
    check(
        python,
        """
before = state()
from forkexec._hook import start
start()
import forkexec
forkexec.uninstall()
assert state() == before
""",
    )


def test_forked_child(python: Python) -> None:
    """It has the engine, and starts counting at zero."""
    check(
        python,
        """
import forkexec, os, subprocess
forkexec.install()
subprocess.run(["/bin/true"])
child = os.fork()
if child == 0:
    right = forkexec.installed() and spawns() == 0
    subprocess.run(["/bin/true"])
    forkexec.uninstall()
    os._exit(0 if right and spawns() == 1 else 1)
assert os.waitpid(child, 0)[1] == 0
assert spawns() == 1
""",
    )


def test_threads(python: Python) -> None:
    """Whoever comes first, nothing hangs and nothing of the engine is left behind."""
    check(
        python,
        """
import forkexec, threading
sys.setswitchinterval(1e-6)
failures = []
barrier = threading.Barrier(6)

def work(number):
    try:
        for turn in range(30):
            if number == 0:  # nobody is importing now
                sys.modules.pop("subprocess", None)
                sys.modules.pop("_posixsubprocess", None)
            barrier.wait()
            if number < 3:
                import subprocess
            elif number < 5:
                forkexec.install()
            else:
                forkexec.uninstall()
            barrier.wait()
    except BaseException as error:
        failures.append(error)
        barrier.abort()
        raise

threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failures, failures
forkexec.install()
import subprocess
assert uses_engine(subprocess)
forkexec.uninstall()
assert not uses_engine(subprocess)
assert sys.modules["_posixsubprocess"] is not forkexec._native
""",
    )


def test_subinterpreter(python: Python) -> None:
    """Each interpreter has its own modules, so each installs for itself."""
    check(
        python,
        """
import os
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
program = (
    "import forkexec, subprocess\\n"
    "forkexec.install()\\n"
    "from forkexec import _native\\n"
    "assert subprocess._USE_POSIX_SPAWN is False\\n"
    "subprocess.run(['/bin/true'], check=True)\\n"
    "assert forkexec.stats().spawns == 1\\n"
    "forkexec.uninstall()\\n"
)
# An interpreter that shares the GIL may start processes on every version.
if sys.version_info >= (3, 13):
    other = interpreters.create("legacy")
elif sys.version_info >= (3, 9):
    other = interpreters.create(isolated=False)
else:
    other = interpreters.create()
failure = interpreters.run_string(other, program)
assert not failure, failure
interpreters.destroy(other)
import forkexec
assert not forkexec.installed()
""",
    )


def test_names(python: Python) -> None:
    check(
        python,
        """
import forkexec
assert set(forkexec.__all__) <= set(dir(forkexec))
for name in forkexec.__all__:
    assert getattr(forkexec, name) is not None
try:
    forkexec.nonsense
except AttributeError as error:
    assert "nonsense" in str(error)
else:
    raise AssertionError
""",
    )
