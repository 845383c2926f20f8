# SPDX-License-Identifier: MIT
"""What a child that fails writes into the error pipe, in every form that a reader has known."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest
from forkexec import _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, TRUE, Era, arguments, run
from tests.python.support import Python

CALLS = Path(calls.__file__).read_text()
each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
FAILED = 255 << 8
NOWHERE = [b"/nonexistent/program"]


def knows_chdir() -> bool:
    return "noexec:chdir" in repr(subprocess.Popen._execute_child.__code__.co_consts)  # type: ignore[attr-defined]


def line(number: int, mark: str) -> bytes:
    return f"OSError:{number:x}:{mark}".encode()


@each_era
def test_a_program_that_is_not_there(era: Era) -> None:
    assert run(era, executable_list=NOWHERE) == (FAILED, line(errno.ENOENT, ""), b"")


@each_era
def test_a_directory_that_is_not_there(era: Era) -> None:
    mark = "noexec:chdir" if knows_chdir() else "noexec"
    assert run(era, cwd=b"/nonexistent") == (FAILED, line(errno.ENOENT, mark), b"")
    assert run(era, cwd=b"") == (FAILED, line(errno.ENOENT, mark), b"")
    assert run(era, cwd=TRUE) == (FAILED, line(errno.ENOTDIR, mark), b"")


@each_era
def test_another_step_that_fails(era: Era) -> None:
    """A process group in a session that is not the child's."""
    if era.count >= 22:
        ended = run(era, pgid_to_set=1)
        assert ended == (FAILED, line(errno.EPERM, "noexec"), b"")


@each_era
def test_a_failed_callback(era: Era) -> None:
    ended = run(era, preexec_fn=lambda: 1 / 0)
    assert ended == (FAILED, b"SubprocessError:0:Exception occurred in preexec_fn.", b"")


@each_era
@pytest.mark.parametrize("preexec_fn", [None, lambda: None], ids=["shared memory", "fork"])
def test_the_first_error_that_is_more_than_absence_wins(era: Era, preexec_fn: Any) -> None:
    """The order of CPython's own search; and a file without a format is not given to a shell."""
    absent, a_file, no_program = b"/nonexistent", b"/etc/passwd/x", b"/etc/passwd"

    def report(*executables: bytes) -> bytes:
        return run(era, executable_list=list(executables), preexec_fn=preexec_fn).report

    assert report(absent, a_file) == line(errno.ENOTDIR, "")
    assert report(no_program, absent) == line(errno.EACCES, "")
    assert report(absent, no_program, a_file) == line(errno.EACCES, "")
    assert report(no_program, absent, TRUE) == b""


@each_era
def test_a_file_without_a_format_is_an_error(era: Era, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("echo no interpreter line\n")
    script.chmod(0o755)
    name = os.fsencode(script)
    assert run(era, executable_list=[name]) == (FAILED, line(errno.ENOEXEC, ""), b"")


@each_era
def test_a_report_that_nobody_reads(era: Era) -> None:
    """The child of a reader that has gone ends all the same, whatever SIGPIPE does."""
    with calls.unchanged():
        for restore_signals in (0, 1):
            read, write = _native.cloexec_pipe()
            os.close(read)
            changes = {"executable_list": NOWHERE, "restore_signals": restore_signals}
            pid = _native.fork_exec(
                *arguments(era, **changes, close_fds=True, pass_fds=(write,), errpipe_write=write)
            )
            os.close(write)
            assert os.waitpid(pid, 0)[1] in (FAILED, 13)


def test_a_report_into_a_full_pipe_does_not_wait() -> None:
    read, write = _native.cloexec_pipe()
    os.set_blocking(write, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    pid = _native.fork_exec(
        *arguments(ERAS[-1], executable_list=NOWHERE, errpipe_write=write, pass_fds=(write,))
    )
    assert os.waitpid(pid, 0)[1] == FAILED
    os.close(read)
    os.close(write)


# ---- what the reader makes of it ----

SEEN = """
import subprocess
from forkexec import install
install()
def seen(*args, **options):
    try:
        subprocess.Popen(*args, **options).wait()
    except Exception as error:
        return type(error).__name__, getattr(error, "errno", None), getattr(error, "filename", None)
print([
    seen(["/nonexistent"]),
    seen(["forkexec-nonexistent"]),
    seen(["/etc/passwd"]),
    seen(["/bin/true"], cwd="/nonexistent"),
    seen(["/bin/true"], cwd="/nonexistent", preexec_fn=lambda: None),
    seen(["/bin/true"], preexec_fn=lambda: 1 / 0),
])
"""


def test_subprocess_sees_the_same_errors_with_its_own_engine_and_with_ours(python: Python) -> None:
    ours = python.succeed(SEEN)
    assert ours == python.succeed(
        SEEN.replace("install()", "pass").replace("from forkexec import pass", "")
    )
    assert (
        ours
        == str(
            [
                ("FileNotFoundError", 2, "/nonexistent"),
                ("FileNotFoundError", 2, "forkexec-nonexistent"),
                ("PermissionError", 13, "/etc/passwd"),
                ("FileNotFoundError", 2, "/nonexistent"),
                ("FileNotFoundError", 2, "/nonexistent"),
                ("SubprocessError", None, None),
            ]
        )
        + "\n"
    )


READERS: Dict[str, Tuple[str, str]] = {
    "2012, first": ("", "'OSError:2:', 'OSError:2:', 'RuntimeError:0:Exception occurred in"),
    "2012, last": (
        "if mark == 'noexec': pass",
        "'OSError:2:noexec', 'OSError:2:', 'RuntimeError:0:Exception occurred in",
    ),
    "2013": (
        "SubprocessError = ValueError\n        if mark == 'noexec': pass",
        "'OSError:2:noexec', 'OSError:2:', 'SubprocessError:0:Exception occurred in",
    ),
    "2024": (
        "SubprocessError = ValueError\n        if mark in ('noexec:chdir', 'noexec'): pass",
        "'OSError:2:noexec:chdir', 'OSError:2:', 'SubprocessError:0:Exception occurred in",
    ),
    "nested": (
        "SubprocessError = ValueError\n        (lambda: [mark == 'noexec:chdir' for _ in ()])()",
        "'OSError:2:noexec:chdir', 'OSError:2:', 'SubprocessError:0:Exception occurred in",
    ),
}

READ = """
import types
module = types.ModuleType("subprocess")
source = '''
class Popen:
    def _execute_child(self, mark):
        %s
        return mark
'''
exec(source, module.__dict__)
if "SubprocessError" in source:
    module.SubprocessError = ValueError
sys.modules["subprocess"] = module
changes = [{"cwd": "/nonexistent"}, {"executable_list": [b"/nonexistent"]},
           {"preexec_fn": lambda: 1 / 0}]
print([run(running_era(), **change).report.decode() for change in changes])
"""


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_the_form_is_that_of_the_reader(python: Python, reader: Tuple[str, str]) -> None:
    body, wanted = reader
    assert python.succeed(CALLS + READ % body) == f"[{wanted} preexec_fn.']\n"


LATER = """
assert "subprocess" not in sys.modules
newest = sys.version_info >= (3, 11)
assert run(running_era(), cwd="/no").report == (b"OSError:2:noexec%s" % (b":chdir" * newest))
import subprocess
knows = "noexec:chdir" in repr(subprocess.Popen._execute_child.__code__.co_consts)
method = subprocess.Popen._execute_child
subprocess.Popen._execute_child = print          # cannot be looked into: nothing is remembered
assert run(running_era(), cwd="/no").report == (b"OSError:2:noexec%s" % (b":chdir" * newest))
subprocess.Popen._execute_child = method
for _ in range(2):
    assert run(running_era(), cwd="/no").report == (b"OSError:2:noexec%s" % (b":chdir" * knows))
    subprocess.Popen._execute_child = None       # what was once seen is not asked again
"""


def test_the_reader_is_looked_at_when_it_is_there(python: Python) -> None:
    python.succeed(CALLS + LATER)


def test_no_form_is_longer_than_a_pipe_takes_whole() -> None:
    assert len(run(ERAS[-1], preexec_fn=sys.exit).report) < 512
