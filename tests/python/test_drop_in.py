# SPDX-License-Identifier: MIT
"""The extension on its own, in the place of CPython's own module, on every CPython found."""

import shutil
import subprocess
from pathlib import Path

import pytest
from forkexec import _native

from tests.python import fork_exec_calls as calls
from tests.python.support import Python

CALLS = (
    Path(calls.__file__)
    .read_text()
    .replace("from forkexec import _native", "import _posixsubprocess as _native")
)
ALONE = """
import importlib.util, sys
sys.path[:] = [entry for entry in sys.path if "package" not in entry]
spec = importlib.util.spec_from_file_location("_posixsubprocess", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
sys.modules["_posixsubprocess"] = module
assert module.__name__ == "_posixsubprocess" and module.stats()["count"] == 0
"""


@pytest.fixture
def copied(tmp_path: Path) -> str:
    assert _native.__file__ is not None
    return str(shutil.copy(_native.__file__, tmp_path / "_posixsubprocess.so"))


def test_it_works_without_the_package(python: Python, copied: str) -> None:
    code = """
assert "forkexec" not in sys.modules
for era in ERAS:
    assert run(era) == (0, b"", b"")
    assert run(era, preexec_fn=int) == (0, b"", b"")
"""
    python.succeed(ALONE + CALLS + code, copied)


def test_the_standard_library_uses_it(python: Python, copied: str) -> None:
    code = """
import subprocess
subprocess._USE_POSIX_SPAWN = False
assert subprocess.check_output(["echo", "through it"]) == b"through it\\n"
import multiprocessing.util as util
read, write = __import__("os").pipe()
pid = util.spawnv_passfds(b"/bin/sh", [b"sh", b"-c", b"echo passed >&%d" % write], (write,))
assert __import__("os").waitpid(pid, 0)[1] == 0
assert __import__("os").read(read, 100) == b"passed\\n"
assert module.stats()["count"] == 2, module.stats()
"""
    python.succeed(ALONE + code, copied)


def test_two_copies_of_the_module_count_apart(python: Python, copied: str) -> None:
    code = """
from importlib import util
other = util.module_from_spec(spec)
spec.loader.exec_module(other)
module.cloexec_pipe
import os
def start(of):
    os.waitpid(of.fork_exec([b"x"], [b"/bin/true"], False, (), None, None, *[-1] * 8, 1, 0,
                            None), 0)
start(module); start(module); start(other)
print(module.stats()["count"], other.stats()["count"])
del other, sys.modules["_posixsubprocess"]
import gc; gc.collect()
"""
    assert python.succeed(ALONE + code, copied) == "2 1\n"


SUBINTERPRETERS = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
code = f"import sys; sys.argv = {sys.argv!r}\\n" + ALONE + CALLS + '''
assert run(running_era()).status == 0
assert _native.stats()["count"] == 1
'''
for _ in range(3):
    interpreter = interpreters.create()
    failure = interpreters.run_string(interpreter, code)
    assert failure is None, failure
    interpreters.destroy(interpreter)
assert module.stats()["count"] == 0
"""


def test_every_subinterpreter_has_one_of_its_own(python: Python, copied: str) -> None:
    """From 3.12 on these have a lock of their own each, and load only modules that allow it."""
    texts = f"ALONE = {ALONE!r}; CALLS = {CALLS!r}\n"
    python.succeed(ALONE + texts + SUBINTERPRETERS, copied)


def test_the_debug_hooks_of_the_allocator_find_nothing(python: Python, copied: str) -> None:
    code = """
for era in ERAS:
    for changes in ({}, {"preexec_fn": int}, {"cwd": "/"}, {"env": [b"A=1"]}, {"args": ["x"] * 99}):
        assert run(era, **changes).status == 0
        for bad in ({"args": [1]}, {"env": [1]}, {"p2cread": 999}, {"cwd": 1}):
            rejected(era, **{**changes, **bad})
"""
    outcome = python.run("-c", ALONE + CALLS + code, copied, environment={"PYTHONMALLOC": "debug"})
    assert (outcome.status, outcome.stderr) == (0, ""), outcome


AUDIT = """
seen = []
sys.addaudithook(lambda event, given: seen.append(given) if "fork_exec" in event else None)
args, executables, env = [TRUE], [TRUE], [b"A=1"]
run(running_era(), args=args, executable_list=executables, env=env)
assert all(one is other for given in seen for one, other in zip(given, (executables, args, env)))
print(len(seen))
"""


def test_the_audit_event_is_raised_where_this_version_has_it(python: Python, copied: str) -> None:
    wanted = "1\n" if python.version >= (3, 14) else "0\n"
    assert python.succeed(ALONE + CALLS + AUDIT, copied) == wanted


def test_only_the_stable_interface_of_python_is_used() -> None:
    """What the linker asks of the interpreter; a private name could be gone in its next release."""
    assert _native.__file__ is not None
    lines = subprocess.run(
        ["nm", "-D", "--undefined-only", _native.__file__],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    names = {line.split()[-1] for line in lines}
    # These stand behind macros of the limited API, and belong to it.
    stable = {"_Py_NoneStruct", "_Py_TrueStruct", "_Py_FalseStruct", "_Py_Dealloc"}
    stable |= {"_PyArg_ParseTuple_SizeT", "_Py_BuildValue_SizeT"}
    stable |= {"_PyObject_CallFunction_SizeT", "_PyObject_CallMethod_SizeT"}
    assert {name for name in names if name.startswith("_Py")} <= stable


def test_nothing_else_is_exported() -> None:
    assert _native.__file__ is not None
    lines = subprocess.run(
        ["nm", "-D", "--defined-only", _native.__file__],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    exported = {line.split()[-1] for line in lines}
    assert exported == {"PyInit__native", "PyInit__posixsubprocess"}
