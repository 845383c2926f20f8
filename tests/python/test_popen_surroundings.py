# SPDX-License-Identifier: MIT
"""The short way of Popen among hooks, counters, threads, interpreters and filters."""

import subprocess
import tempfile

import pytest

from tests.python.popen_programs import check
from tests.python.support import DEADLINE, Python, clean_environment


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
