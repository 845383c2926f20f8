# SPDX-License-Identifier: MIT
"""Strings, ids and descriptors on their way from Python to C."""

import gc
import os
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Union

import pytest
from forkexec import _native
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, TRUE, Era, arguments, rejected, run, said, shell

each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
LAST = ERAS[-1]

# ---- what reaches the program ----

strings = st.binary(max_size=40).map(lambda data: data.replace(b"\0", b""))
SHOW_ARGUMENTS = ["/bin/sh", "-c", 'printf "%s\\0" "$@"', "sh"]


@settings(max_examples=50, deadline=None)
@given(st.lists(strings, min_size=1))
def test_arguments_arrive_as_they_are(values: List[bytes]) -> None:
    ended = run(LAST, args=[*SHOW_ARGUMENTS, *values], executable_list=[b"/bin/sh"])
    assert ended == (0, b"", b"".join(value + b"\0" for value in values))


@settings(max_examples=50, deadline=None)
@given(st.lists(strings.map(lambda value: b"NAME=" + value)))
def test_the_environment_arrives_as_it_is(values: List[bytes]) -> None:
    cat = [b"/bin/cat", b"/proc/self/environ"]
    ended = run(LAST, args=cat, executable_list=cat[:1], env=values)
    assert ended == (0, b"", b"".join(value + b"\0" for value in values))


@each_era
def test_paths_may_be_text_bytes_or_path_objects(era: Era) -> None:
    undecodable = os.fsdecode(b"\xff\xfe")
    args = [*SHOW_ARGUMENTS, Path("/x"), b"\xff", undecodable, "ä"]
    ended = run(era, args=args, executable_list=(b"/bin/sh",))
    assert ended.output == b"/x\0\xff\0\xff\xfe\0" + "ä".encode() + b"\0"


@each_era
@pytest.mark.parametrize("cwd", ["/usr", b"/usr", Path("/usr")], ids=repr)
def test_the_directory_may_be_any_of_these(era: Era, cwd: Union[str, bytes, Path]) -> None:
    assert shell(era, "pwd -P", cwd=cwd).output == b"/usr\n"


@each_era
def test_any_iterable_of_arguments_and_any_sequence_of_bytes(era: Era) -> None:
    args: Callable[[], Iterator[str]] = lambda: iter(["/bin/sh", "-c", "echo $X"])  # noqa: E731
    assert run(era, args=args(), executable_list=(b"/bin/sh",), env=(b"X=1",)).output == b"1\n"


@each_era
def test_an_environment_of_none_is_inherited_and_an_empty_one_is_empty(
    era: Era, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORKEXEC_TEST", "seen")
    args: Any = [b"/usr/bin/env"]
    inherited = run(era, args=args, executable_list=args).output.splitlines()
    assert b"FORKEXEC_TEST=seen" in inherited
    assert run(era, args=args, executable_list=args, env=[]).output == b""


# ---- what is refused ----


@each_era
def test_no_argument_at_all_is_refused(era: Era) -> None:
    """Programs take argv[0] for granted (CVE-2021-4034); CPython's own engine starts them."""
    nothing: List[Any] = [[], (), None]
    for args in nothing:
        assert said(era, args=args) == "ValueError: argv must not be empty"


@each_era
def test_no_executable_at_all_is_refused(era: Era) -> None:
    assert said(era, executable_list=[]) == "ValueError: executable_list must not be empty"


@each_era
@pytest.mark.parametrize("name", ["args", "executable_list", "env", "cwd"])
def test_an_embedded_nul_is_refused(era: Era, name: str) -> None:
    values: List[Any] = [b"/bin/true\0x", b"\0"]
    if name in ("args", "cwd"):
        values += ["/bin/true\0x", Path("a\0b")]
    for value in values:
        given_value = value if name == "cwd" else [b"X=1", value]
        assert said(era, **{name: given_value}) == "ValueError: embedded null byte"


@each_era
@pytest.mark.parametrize("name", ["executable_list", "env"])
def test_these_must_be_bytes(era: Era, name: str) -> None:
    assert said(era, **{name: ["X"]}) == "TypeError: expected bytes, str found"
    assert said(era, **{name: [b"X", 1]}) == "TypeError: expected bytes, int found"
    assert "TypeError" in said(era, **{name: 5})
    assert "indexing" in said(era, **{name: type("Sized", (), {"__len__": lambda self: 1})()})


@each_era
def test_an_impossible_length_is_a_memory_error(era: Era) -> None:
    class Endless:
        def __len__(self) -> int:
            return sys.maxsize

        def __getitem__(self, index: int) -> bytes:
            return b"x"

    for name in ("executable_list", "env"):
        assert isinstance(rejected(era, **{name: Endless()}), MemoryError)


@each_era
def test_arguments_must_be_an_iterable_of_paths(era: Era) -> None:
    assert said(era, args=123) == "TypeError: argv must be a tuple"
    assert "TypeError: expected str, bytes or os.PathLike object" in said(era, args=[1])
    assert "TypeError: expected str, bytes or os.PathLike object" in said(era, cwd=1)


def test_a_lone_surrogate_is_an_encoding_error() -> None:
    for changes in ({"args": ["\ud800"]}, {"cwd": "\ud800"}):
        assert isinstance(rejected(LAST, **changes), UnicodeEncodeError)


@each_era
@pytest.mark.parametrize(
    "kept",
    [(-1,), (4, -1), (5, 4), (6, 7, 7, 8), ("str", 4), (18, 23, 42, 2**63), (2**31,), (1.0,)],
    ids=repr,
)
def test_bad_descriptors_to_keep(era: Era, kept: Any) -> None:
    assert said(era, pass_fds=kept) == "ValueError: bad value(s) in fds_to_keep"


@each_era
def test_the_error_pipe_must_not_be_a_standard_stream_if_others_are_closed(era: Era) -> None:
    for number in (-1, 0, 2):
        text = said(era, close_fds=True, errpipe_write=number)
        assert text == "ValueError: errpipe_write must be >= 3"


@each_era
def test_a_descriptor_that_is_not_open_is_named(era: Era) -> None:
    for changes in ({"p2cread": 999}, {"errwrite": -7}):
        error = rejected(era, **changes)
        assert isinstance(error, OSError) and error.errno == 9
        assert f"descriptor {next(iter(changes.values()))} is not open" in str(error)
    if not era.keeps_list:
        assert "descriptor 998 is not open" in said(era, pass_fds=(998,))


# ---- what changes while it is converted ----


class Trap:
    """A path that does something when it is asked what it is."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.action = action

    def __fspath__(self) -> str:
        self.action()
        return "x"


@each_era
@pytest.mark.parametrize("change", ["clear", "append", "pop"])
def test_arguments_that_change_their_own_list(era: Era, change: str) -> None:
    args: List[Any] = [TRUE]
    method = getattr(args, change)
    args += [Trap(lambda: method("y") if change == "append" else method()), "z", "z"]
    assert said(era, args=args) == "RuntimeError: args changed during iteration"


def test_arguments_that_replace_what_follows_them() -> None:
    """What was in the list when fork_exec was called is what counts."""
    args: List[Any] = [*SHOW_ARGUMENTS]
    args += [Trap(lambda: args.__setitem__(-1, "new")), "old"]
    assert run(LAST, args=args, executable_list=[b"/bin/sh"]).output == b"x\0old\0"


def test_a_sequence_that_shrinks_while_it_is_read() -> None:
    class Shrinking(List[bytes]):
        def __getitem__(self, index: Any) -> Any:
            self.clear()
            gc.collect()
            return b"X=%d" % index

    env = Shrinking([b"A=1", b"B=2"])
    cat = [b"/bin/cat", b"/proc/self/environ"]
    # A list is read as a list, whatever its class says of its items.
    output = run(LAST, args=cat, executable_list=cat[:1], env=env).output
    assert output in (b"A=1\0B=2\0", b"X=0\0X=1\0")


def test_an_index_that_closes_over_another_argument() -> None:
    groups: List[Any] = []

    class Index:
        def __index__(self) -> int:
            groups.clear()
            args.clear()
            gc.collect()
            return -1

    args: List[Any] = [TRUE]
    groups += [0] * 3
    with calls.unchanged():
        assert said(LAST, p2cread=Index(), args=args) == "ValueError: argv must not be empty"


def test_lists_that_another_thread_changes_all_the_time() -> None:
    args: List[Any] = [TRUE, "a", "b"]
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            args.append("x" * 50)
            del args[3:]

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(200):
            try:
                assert run(LAST, args=args).status == 0
            except RuntimeError as error:
                assert str(error) == "args changed during iteration"
    finally:
        stop.set()
        thread.join()


# ---- ids ----

WITH_IDS = [era for era in ERAS if era.count >= 21]


@pytest.mark.parametrize("era", WITH_IDS, ids=lambda era: era.name)
@pytest.mark.parametrize("name", ["uid", "gid"])
def test_ids_out_of_range(era: Era, name: str) -> None:
    for value in (-2, -(2**64)):
        assert said(era, **{name: value}) == f"OverflowError: {name} is less than minimum"
    # 2^32 - 1 means "leave it" to the kernel: the program would keep the id of its parent.
    for value in (2**32 - 1, 2**32, 2**64):
        assert said(era, **{name: value}) == f"OverflowError: {name} is greater than maximum"
    assert said(era, **{name: "root"}) == f"TypeError: {name} should be integer, not str"


@pytest.mark.parametrize("era", WITH_IDS, ids=lambda era: era.name)
def test_groups_out_of_range(era: Era) -> None:
    assert said(era, extra_groups=(1,)) == "TypeError: setgroups argument must be a list"
    assert "groups must be integers" in said(era, extra_groups=["1"])
    for number in (-2, 2**32, 2**64):
        assert said(era, extra_groups=[number]) == "ValueError: invalid group id"
    assert said(era, extra_groups=[0] * 65537).startswith("ValueError: too many ")


@pytest.mark.parametrize("era", WITH_IDS, ids=lambda era: era.name)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_ids_are_taken_on(era: Era) -> None:
    def identity(**changes: Any) -> List[bytes]:
        ended = shell(era, "grep -E '^(Uid|Gid|Groups):' /proc/self/status", **changes)
        assert ended.report == b""
        return [b" ".join(line.split()[1:]) for line in ended.output.splitlines()]

    own = identity()
    assert identity(uid=-1, gid=-1) == own
    assert identity(gid=7) == [own[0], b"7 7 7 7", own[2]]
    assert identity(uid=7, gid=8, extra_groups=[9, 10]) == [b"7 7 7 7", b"8 8 8 8", b"9 10"]
    assert identity(extra_groups=[]) == [own[0], own[1], b""]


# ---- references ----


def test_no_reference_is_kept() -> None:
    values: Dict[str, Any] = {
        "args": [TRUE, "an argument of its own"],
        "executable_list": [TRUE],
        "env": [b"A=an entry of its own"],
        "cwd": "/usr" + "/.",
        "extra_groups": [1000 + len(TRUE)],
        "pass_fds": (),
    }
    watched = [*values.values(), *values["args"], *values["env"]]

    def count() -> List[int]:
        return [sys.getrefcount(value) for value in watched]

    before = count()
    for _ in range(5):
        pid = _native.fork_exec(*arguments(LAST, **{**values, "extra_groups": None}))
        os.waitpid(pid, 0)
        for bad in ({"uid": "x"}, {"args": [1]}, {"env": [1]}, {"cwd": 1}, {"p2cread": 999}):
            rejected(LAST, **{**values, **bad})
    assert count() == before
