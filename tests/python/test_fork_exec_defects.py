# SPDX-License-Identifier: MIT
"""Every defect that the engine of 2012 had, and that CPython has repaired since or still has."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, List, Set

import pytest
from forkexec import _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, SHELL, TRUE, Era, rejected, run, said, shell

CALLS = Path(calls.__file__).read_text()
each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
LIST, LAST = ERAS[0], ERAS[-1]


def traced(code: str, *options: str) -> str:
    """Run a program under strace; what strace saw."""
    program = [sys.executable, "-c", CALLS + code]
    done = subprocess.run(
        ["strace", "-f", "-qq", *options, *program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done
    return done.stderr


def numbers(ended: calls.Ended) -> Set[int]:
    return {int(word) for word in ended.output.split()}


OPEN = "for n in /proc/$$/fd/*; do [ -e $n ] && echo ${n##*/}; done; true"


@pytest.fixture
def opened() -> Any:
    """Inheritable descriptors, two of them neighbours, some of them high."""
    made = [3_00, 3_01, 450, 700]
    source = os.open("/dev/null", os.O_RDONLY)
    for number in made:
        os.dup2(source, number, inheritable=True)
    os.close(source)
    yield made
    for number in made:
        os.close(number)


# ---- descriptors ----


@each_era
def test_unsorted_and_repeated_descriptors_are_refused(era: Era, opened: List[int]) -> None:
    """The value that each was compared with never changed."""
    for kept in ([301, 300], [300, 300], [300, 450, 301], ["300", 301], [300, -1]):
        with calls.unchanged():
            assert "fds_to_keep" in said(era, pass_fds=tuple(kept))


@each_era
def test_no_wrong_descriptor_is_closed_and_none_is_left(era: Era, opened: List[int]) -> None:
    """The search in an unsorted list missed what it should have kept."""
    for kept in [(), (300,), (301,), (300, 301), (300, 700), tuple(opened)]:
        assert numbers(shell(era, OPEN, pass_fds=kept)) - {10} == {0, 1, 2, *kept}


@each_era
def test_all_are_left_if_that_is_asked_for(era: Era, opened: List[int]) -> None:
    assert numbers(shell(era, OPEN, close_fds=False)) >= {0, 1, 2, *opened}


@each_era
def test_the_limit_is_not_that_of_the_time_of_import(era: Era, opened: List[int]) -> None:
    """Descriptors at or above the limit leaked, whichever way it had changed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        assert numbers(shell(era, OPEN)) - {10} == {0, 1, 2}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


MANY = """
for number in range(90, 400):
    os.dup2(2, number, inheritable=True)
script = "for n in /proc/$$/fd/*; do [ ${n##*/} -ge 90 ] && echo ${n##*/}; done; true"
ended = shell(running_era(), script, pass_fds=(200,))
assert ended == (0, b"", b"200\\n"), ended
"""


def test_many_descriptors_without_close_range() -> None:
    """CPython's buffer takes ten entries of the listing at a time, and an error for its end."""
    log = traced(MANY, "-e", "trace=close_range", "-e", "inject=close_range:error=ENOSYS")
    assert "INJECTED" in log


def test_a_kept_descriptor_just_above_the_streams_does_not_lose_the_fast_path() -> None:
    """close_range(3, 2) is an error, after which CPython lists the directory."""
    code = "os.dup2(2, 3); os.dup2(2, 4); run(running_era(), pass_fds=(3, 4))"
    log = traced(code, "-e", "trace=close_range,getdents64,execve")
    child = log.split("/bin/true")[0]
    assert "close_range(" in child and "EINVAL" not in child


@each_era
def test_kept_descriptors_lose_close_on_exec_unless_the_caller_is_of_2012(era: Era) -> None:
    number = os.open("/dev/null", os.O_RDONLY)
    try:
        assert (number in numbers(shell(era, OPEN, pass_fds=(number,)))) is not era.keeps_list
        assert not os.get_inheritable(number)
    finally:
        os.close(number)


@each_era
def test_a_stream_that_is_also_kept_stays_open(era: Era, opened: List[int]) -> None:
    """The descriptors that became standard streams were closed even if they were to be kept."""
    kept = numbers(shell(era, OPEN, pass_fds=(300, 301, 450), p2cread=300, errwrite=450))
    assert kept - {10} == {0, 1, 2, 300, 301, 450}


STREAMS = """
import itertools
files = {}
for number in (0, 1, 2, 5):
    name = f"{sys.argv[1]}/{number}"
    opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.dup2(opened, number)
    os.close(opened)
    files[number] = name
read, write = [os.dup2(number, number + 20) for number in _native.cloexec_pipe()]
check = "for n in 0 1 2; do [ /proc/$$/fd/$n -ef $1 ] || exit 1$n; shift; done"
wrong = []
for era in ERAS:
    for streams in itertools.product((-1, 0, 1, 2, 5), repeat=3):
        wanted = [files[own if given == -1 else given] for own, given in enumerate(streams)]
        pid = _native.fork_exec(*arguments(
            era, args=[SHELL, "-c", check, "check", *wanted], executable_list=[SHELL],
            close_fds=True, pass_fds=(write,), errpipe_write=write,
            p2cread=streams[0], c2pwrite=streams[1], errwrite=streams[2]))
        status = os.waitpid(pid, 0)[1]
        if status:
            wrong.append((era.name, streams, status))
with open(f"{sys.argv[1]}/wrong", "w") as file:
    file.write(repr(wrong))
"""


def test_standard_streams_in_every_permutation(tmp_path: Path) -> None:
    """One redirection overwrote another's source when they were 0, 1 or 2 themselves."""
    program = [sys.executable, "-c", CALLS + STREAMS, str(tmp_path)]
    assert subprocess.run(program, timeout=120).returncode == 0
    assert (tmp_path / "wrong").read_text() == "[]"


# ---- arguments ----


@each_era
def test_what_only_has_a_length_is_no_crash(era: Era) -> None:
    for kept in ({3, 4}, "34", range(3), type("Sized", (), {"__len__": lambda self: 3})()):
        assert isinstance(rejected(era, pass_fds=kept), TypeError)
    for name in ("args", "executable_list", "env"):
        assert isinstance(rejected(era, **{name: 7}), TypeError)


@each_era
def test_a_truth_that_cannot_be_told_is_an_error(era: Era) -> None:
    class Doubtful:
        def __bool__(self) -> bool:
            raise LookupError("cannot say")

    assert said(era, close_fds=Doubtful()) == "LookupError: cannot say"


@each_era
def test_an_early_error_leaves_no_import_lock_behind(era: Era, tmp_path: Path) -> None:
    """The lock of imports was taken before the directory was converted, and then kept."""
    rejected(era, preexec_fn=print, cwd=5)
    rejected(era, preexec_fn=print, executable_list=[5])
    imported: List[bool] = []

    def work() -> None:
        import this as _  # noqa: F401

        imported.append(True)

    sys.modules.pop("this", None)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert imported


@each_era
def test_a_directory_is_not_leaked(era: Era) -> None:
    class Name:
        given = b"/usr/" + b"." * len(era.name)

        def __fspath__(self) -> bytes:
            return self.given

    def count() -> int:
        rejected(era, cwd=Name(), p2cread=999)
        run(era, cwd=Name())
        return sys.getrefcount(Name.given)

    assert count() == count() == count()


FORK_FAILS = """
import gc
for era in ERAS:
    try:
        _native.fork_exec(*arguments(era, preexec_fn=int))
    except BlockingIOError as error:
        assert error.errno == 11 and error.args == (11, os.strerror(11)), error.args
    else:
        raise AssertionError("no error")
    assert gc.isenabled() and not has_children()
"""


def test_an_error_of_fork_is_passed_on_with_its_number() -> None:
    """It was lost when the collector was enabled again."""
    log = traced(FORK_FAILS, "-e", "trace=clone", "-e", "inject=clone:error=EAGAIN")
    assert log.count("INJECTED") >= len(ERAS)


# ---- signals ----


@each_era
@pytest.mark.parametrize("preexec_fn", [None, int], ids=["shared memory", "fork"])
def test_the_program_has_no_handler_and_the_mask_of_the_caller(era: Era, preexec_fn: Any) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    old = signal.signal(signal.SIGUSR2, lambda *ignored: None)
    try:
        args = [b"/bin/cat", b"/proc/self/status"]
        ended = run(era, args=args, executable_list=args[:1], preexec_fn=preexec_fn)
    finally:
        signal.signal(signal.SIGUSR2, old)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    status = dict(line.split(b":", 1) for line in ended.output.splitlines())
    blocked, ignored, caught = (int(status[b"Sig" + name], 16) for name in (b"Blk", b"Ign", b"Cgt"))
    assert (blocked, caught) == (1 << (signal.SIGUSR1 - 1), 0)
    assert not ignored & (1 << (signal.SIGPIPE - 1))


@each_era
def test_ignored_signals_are_restored_or_not(era: Era) -> None:
    script = "grep ^SigIgn /proc/self/status"
    for restore in (0, 1):
        ignored = int(shell(era, script, restore_signals=restore).output.split()[1], 16)
        assert bool(ignored & (1 << (signal.SIGPIPE - 1))) is not bool(restore)


def test_an_interrupted_report_is_written_all_the_same() -> None:
    """Neither is a close that was interrupted repeated, which would close another's descriptor."""
    code = """
assert run(running_era(), cwd="/nonexistent").report.startswith(b"OSError:2:noexec")
"""
    log = traced(code, "-e", "trace=write", "-e", "inject=write:error=EINTR:when=1")
    assert "INJECTED" in log and log.count("OSError:2") == 2


# ---- pipes ----


def test_both_ends_are_close_on_exec() -> None:
    ends = _native.cloexec_pipe()
    try:
        assert not any(os.get_inheritable(end) for end in ends)
        os.write(ends[1], b"x")
        assert os.read(ends[0], 2) == b"x"
    finally:
        for end in ends:
            os.close(end)


def test_a_pipe_that_cannot_be_made_leaves_nothing_open() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    rest = sorted(set(range(1000)) - set(calls.descriptors()))[1:]
    with calls.unchanged():
        resource.setrlimit(resource.RLIMIT_NOFILE, (rest[0], hard))
        try:
            for _ in range(3):
                with pytest.raises(OSError) as caught:
                    _native.cloexec_pipe()
                assert caught.value.errno == errno.EMFILE
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ---- the search ----


@each_era
def test_a_list_of_executables_without_any_is_refused(era: Era) -> None:
    """The child reported whatever errno it had found."""
    assert said(era, executable_list=()) == "ValueError: executable_list must not be empty"


@each_era
def test_executables_are_tried_in_their_order(era: Era) -> None:
    args = ["named", "-c", "echo $0 $#", "zero", "one"]
    ended = run(era, args=args, executable_list=[b"/nowhere/sh", b"/etc/passwd", SHELL, TRUE])
    assert ended.output == b"zero 1\n"
