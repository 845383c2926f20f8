# SPDX-License-Identifier: MIT
"""What the tests of the Python package share.

A test that takes `python` runs once on every CPython found: on the one that runs the tests, in
whose environment the package is installed, and on the others with a copy of it on PYTHONPATH,
which is the same build, as it uses only the limited API.
"""

import gc
import os
import sys
from pathlib import Path
from typing import Iterator, List

import pytest

from tests.conformance.interpreters import Interpreter, find
from tests.python.following import Pipe, assert_no_children, open_descriptors
from tests.python.support import Python, copy_package, own

OTHERS = [
    interpreter
    for interpreter in find()
    # A free-threaded CPython loads no abi3 module.
    if not interpreter.free_threaded and interpreter.prefix != os.path.realpath(sys.base_prefix)
]
NAMES = ["own", *(interpreter.label for interpreter in OTHERS)]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with nothing but forkexec in it."""
    directory = tmp_path_factory.mktemp("package")
    copy_package(directory)
    return directory


def _other(interpreter: Interpreter, package: Path) -> Python:
    environment = {"PYTHONPATH": str(package)}
    return Python(interpreter.label, interpreter.executable, interpreter.minor, environment)


@pytest.fixture(scope="session")
def pythons(package: Path) -> List[Python]:
    return [own(), *(_other(found, package) for found in OTHERS)]


@pytest.fixture(params=range(len(NAMES)), ids=NAMES)
def python(request: pytest.FixtureRequest, pythons: List[Python]) -> Python:
    chosen: Python = pythons[request.param]
    return chosen


@pytest.fixture
def pipes() -> Iterator[List[Pipe]]:
    found = [Pipe() for _ in range(3)]
    yield found
    for pipe in found:
        pipe.close()


@pytest.fixture
def loops_are_warm() -> None:
    """For tests of event loops, before `nothing_is_left`; only those have to import all of them."""
    from tests.python.loops import warm_up

    warm_up()


@pytest.fixture
def nothing_is_left() -> Iterator[None]:
    """What a test does leaves no descriptor open, and no child."""
    gc.collect()
    before = open_descriptors()
    yield
    gc.collect()
    assert open_descriptors() == before
    assert_no_children()
