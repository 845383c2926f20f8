# SPDX-License-Identifier: MIT
"""Which calls fork_exec takes, told apart by the number of arguments."""

import inspect
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from forkexec import _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, Era, arguments, rejected, run, said
from tests.python.support import Python

CALLS = Path(calls.__file__).read_text()
each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)


@each_era
def test_a_plain_call_starts_the_program(era: Era) -> None:
    with calls.unchanged():
        assert run(era) == (0, b"", b"")


@pytest.mark.parametrize("count", sorted(set(range(31)) - {era.count for era in ERAS}))
def test_any_other_number_of_arguments_is_refused(count: int) -> None:
    given: Any = [*arguments(ERAS[-1]), *range(count)][:count]
    with calls.unchanged(), pytest.raises(TypeError) as caught:
        _native.fork_exec(*given)
    assert str(caught.value) == (
        f"fork_exec() takes 17, 21, 22 or 23 positional arguments ({count} given)"
    )


def test_keywords_are_refused() -> None:
    with calls.unchanged(), pytest.raises(TypeError, match="no keyword arguments"):
        _native.fork_exec(*arguments(ERAS[0]), preexec_fn=None)  # type: ignore[call-arg]


def test_only_17_arguments_may_keep_a_list() -> None:
    for era in ERAS:
        error = said(era, pass_fds=[True, "x"] if era.count > 17 else {3})
        wanted = "list" if era.count > 17 else "set"
        assert error == f"TypeError: fork_exec() argument 4 must be tuple, not {wanted}"


@each_era
@pytest.mark.parametrize("kept", [None, 5, "34", {3}, range(3, 5), b"\3", object()], ids=repr)
def test_what_is_kept_must_be_a_tuple(era: Era, kept: object) -> None:
    assert said(era, pass_fds=kept).startswith("TypeError: fork_exec() argument 4 must be tuple")


INTEGERS = [name for name in calls.defaults() if "pipe_" in name or "read" in name]
INTEGERS += [name for name in calls.defaults() if "write" in name and name not in INTEGERS]


@each_era
@pytest.mark.parametrize("name", [*INTEGERS, "child_umask", "pgid_to_set"])
@pytest.mark.parametrize("value", ["1", None, 1.0, b"1"], ids=repr)
def test_numbers_must_be_integers(era: Era, name: str, value: object) -> None:
    if name in dict(calls.NAMES) and dict(calls.NAMES)[name] <= era.count:
        assert said(era, **{name: value}).startswith("TypeError: ")


@each_era
@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**64], ids=repr)
def test_numbers_must_fit_into_an_int(era: Era, value: int) -> None:
    assert isinstance(rejected(era, p2cread=value), OverflowError)


@each_era
@pytest.mark.parametrize("value", [(), [1], None, "x", 0.5], ids=repr)
@pytest.mark.parametrize("name", ["restore_signals", "call_setsid"])
def test_flags_are_integers_or_any_object(era: Era, name: str, value: object) -> None:
    """CPython 3.12 began to take any object; callers with an older signature never could."""
    any_object = era.count == 22 or (era.count == 23 and sys.version_info >= (3, 12))
    if any_object:
        assert run(era, **{name: value}).status == 0
    else:
        assert said(era, **{name: value}).startswith("TypeError: ")


FLAGS = """
for name in ("restore_signals", "call_setsid"):
    for era in ERAS:
        any_object = era.count == 22 or (era.count == 23 and sys.version_info >= (3, 12))
        if any_object:
            assert run(era, **{name: [0]}).status == 0
        else:
            assert said(era, **{name: [0]}).startswith("TypeError: "), (era, name)
"""


def test_flags_follow_the_running_version(python: Python) -> None:
    python.succeed(CALLS + FLAGS)


class Failing:
    """An object whose truth, number or length cannot be had."""

    def fail(self) -> Any:
        raise LookupError("of its own")

    __bool__ = __index__ = __len__ = __fspath__ = __iter__ = fail


@each_era
@pytest.mark.parametrize("name", [name for name, _ in calls.NAMES if name != "preexec_fn"])
def test_an_objects_own_error_is_passed_on_or_replaced_by_a_precise_one(
    era: Era, name: str
) -> None:
    if dict(calls.NAMES)[name] > era.count or (name == "allow_vfork" and era.count != 23):
        return
    if name == "pgid_to_set" and era.count < 22:
        return
    error = said(era, **{name: Failing()})
    assert error.startswith(("LookupError: of its own", "TypeError: ")), error


@each_era
def test_the_standard_library_sees_a_signature(era: Era) -> None:
    assert str(inspect.signature(_native.fork_exec)) == "(*args)"
    assert str(inspect.signature(_native.cloexec_pipe)) == "()"
    assert all(name in (_native.fork_exec.__doc__ or "") for name, _ in calls.NAMES)


DIFFERENCES = """
import importlib.machinery, importlib.util
name = sys.argv[1]
spec = importlib.util.spec_from_file_location("_posixsubprocess", name)
stock = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stock)
assert not hasattr(stock, "stats")

class Sized:
    def __len__(self): return 1
class Huge(Sized):
    def __len__(self): return sys.maxsize
    def __getitem__(self, index): return b"x"
class Failing:
    def fail(self, *ignored): raise LookupError("of its own")
    __bool__ = __index__ = __len__ = __fspath__ = __iter__ = fail

odd = [123, Sized(), object(), 5.5, [1], [None], [b"a\\0b"], Failing(), "x", -2, 2**64, (5, 4)]
cases = [(name, value) for name in defaults() for value in odd if name != "preexec_fn"]
cases += [(name, Huge()) for name in ("executable_list", "env")]
cases += [("pass_fds", kept) for kept in
          [None, (-1,), (6, 6), ("3",), (2**63,), (2**31,), (Failing(),), (1.0,)]]
cases += [("extra_groups", groups) for groups in
          [(1,), [1.5], ["x"], [-2], [2**64], [0] * 65537, [Failing()]]]
cases += [("close_fds", True)]

def said_by(function, name, value):
    changes = {"executable_list": [b"/nonexistent"], name: value}
    try:
        pid = function(*arguments(running_era(), **changes))
    except Exception as error:
        kind, text = type(error).__name__, str(error)
        # Number parsers changed their words with 3.12.
        return kind if kind == "OverflowError" else f"{kind}: {text}"
    os.waitpid(pid, 0)
    return "started"

taken = [name for name, since in NAMES if since <= running_era().count]
for name, value in cases:
    if name == "pass_fds" and isinstance(value, list) and running_era().count == 17:
        continue  # ours also takes what the callers of 2012 passed
    if name in taken:
        one, other = (said_by(module.fork_exec, name, value) for module in (stock, _native))
        # There the child tells of a descriptor that is not open; an impossible group is cut; no
        # arguments at all are passed on.
        better = ("OSError: [Errno 9] ", "OverflowError", "ValueError: argv must not be empty")
        if one != other and not (one == "started" and other.startswith(better)):
            print(name, value, "|", one, "|", other)
"""


def test_errors_are_those_of_cpythons_own_module(python: Python) -> None:
    engine = python.succeed(
        "import importlib.util; print(importlib.util.find_spec('_posixsubprocess').origin)"
    ).strip()
    if engine == "built-in":
        return  # a built-in one cannot be had beside ours, and pyenv has the same version
    assert os.path.exists(engine)
    assert python.succeed(CALLS + DIFFERENCES, engine) == ""
