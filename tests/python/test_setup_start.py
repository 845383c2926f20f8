# SPDX-License-Identifier: MIT
"""A Setup as preexec_fn where forkexec is installed: what the child is, and what failures are."""

import os
import sys
from pathlib import Path
from typing import List

import pytest
from forkexec import Setup, _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, Era, run, shell
from tests.python.setup_programs import BOTH_WAYS, INSTALLED
from tests.python.support import Python
from tests.python.test_setup_recognised import trace

each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)

# ---- seen from inside ----

SEEN = """
setup = Setup(limits={"nofile": (64, 128), "core": 0}, nice_absolute=19, umask=0o27,
              new_session=True, directory="/usr", ignored_signals=["INT", "PIPE"],
              block_signals=["USR1"], affinity=[0], scheduling="batch", oom_score_adj=500)
before = state()
found = see(setup)
assert state() == before
print(found["open files"], found["core file size"], found["nice"], found["Umask"], found["leads"],
      found["directory"], found["Cpus_allowed_list"], found["policy"])
print(int(found["SigIgn"], 16) & (1 << 1 | 1 << 12), int(found["SigBlk"], 16))
print(subprocess.check_output(["/bin/cat", "/proc/self/oom_score_adj"], preexec_fn=setup).decode())
print(forkexec.stats().by_mechanism)
"""


def test_many_at_once(python: Python) -> None:
    first, second, third, counted = python.succeed(INSTALLED + SEEN).split("\n", 3)
    assert first == "['64', '128'] ['0', '0'] 19 0027 [True, True] /usr 0 3"
    assert second == f"{1 << 1 | 1 << 12} {1 << 9}"
    assert third == "500"
    assert "mechanism='clone3', reason='fastest', spawns=2" in counted and "fork" not in counted


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_another_user(python: Python) -> None:
    code = """
for setup in (Setup(user="daemon", groups=[]), Setup(user=1, group=2, groups=[3, "bin"]),
              Setup(user="daemon", groups="user"), Setup(groups=[])):
    found = see(setup)
    print(found["Uid"].split()[0], found["Gid"].split()[2], found["Groups"].split())
print({entry.reason for entry in forkexec.stats().by_mechanism})
"""
    wanted = "1 1 []\n1 2 ['2', '3']\n1 1 ['1']\n0 0 []\n{'identity'}\n"
    assert python.succeed(INSTALLED + code) == wanted


def test_the_kernel_sees_no_fork(python: Python) -> None:
    code = INSTALLED + (
        "setup = Setup(limits={'nofile': 256}, death_signal='TERM', nice=1)\n"
        "for _ in range(3): subprocess.call(['/bin/true'], preexec_fn=setup)\n"
    )
    made = trace(python, code)
    children = [line for line in made if "exit_signal=SIGCHLD" in line]
    assert len(children) == 3, made
    assert all("CLONE_VM" in line and "CLONE_VFORK" in line for line in children), made


def test_asyncio(python: Python) -> None:
    code = """
import asyncio
async def main():
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", "umask", stdout=-1, preexec_fn=Setup(umask=0o77))
    print((await process.communicate())[0].decode())
asyncio.run(main())
print([entry.mechanism for entry in forkexec.stats().by_mechanism])
"""
    assert python.succeed(INSTALLED + code) == "0077\n\n['clone3']\n"


@each_era
def test_fork_exec_takes_it_in_every_signature(era: Era) -> None:
    with calls.unchanged():
        ended = shell(era, "umask; pwd", preexec_fn=Setup(umask=0o71, directory="/usr"))
    assert ended == (0, b"", b"0071\n/usr\n")


@each_era
def test_without_an_error_pipe(era: Era) -> None:
    given = calls.arguments(era, preexec_fn=Setup(umask=0o71))
    assert os.waitpid(_native.fork_exec(*given), 0)[1] == 0
    given = calls.arguments(era, preexec_fn=Setup(directory="/nonexistent"))
    assert os.waitpid(_native.fork_exec(*given), 0)[1] != 0


def test_a_setup_is_made_ready_once() -> None:
    setup = Setup(umask=0o71)
    assert setup._attributes() is setup._attributes()


# ---- failures ----

FAILURES = """
for setup in (
    Setup(directory="/nonexistent"),
    Setup(chroot="/nonexistent"),
    Setup(process_group=2**22),
    Setup(limits={"nofile": (None, 2**40)}),
    Setup(directory=b"/\\xff"),
    Setup(user=1, groups=[], directory="/nonexistent"),
    Setup(user=1),
    Setup(user="no-such-user", groups=[]),
    Setup(groups=["no-such-group"]),
    Setup(directory=999),
    Setup(cgroup="/nonexistent"),
):
    before = state()
    kind, text, _ = both(["/bin/true"], setup)
    assert state() == before
    print(f"{kind}: {text}".encode("utf-8", "backslashreplace").decode())
"""
FAILED = [
    'chdir("/nonexistent"): No such file or directory',
    'chroot("/nonexistent"): No such file or directory',
    "setpgid(0, 4194304): ",
    "setrlimit(RLIMIT_NOFILE, ",
    'chdir("/\\udcff"): No such file or directory',  # what is no text is escaped
    'chdir("/nonexistent"): No such file or directory',
    "groups: ",
    "user_name: ",
    "groups: there is no group 'no-such-group'",
    "directory_fd: ",
    'cgroup("/nonexistent"): No such file or directory',
]


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_failure_is_a_whole_sentence(python: Python) -> None:
    lines = python.succeed(INSTALLED + BOTH_WAYS + FAILURES).splitlines()
    assert len(lines) == len(FAILED)
    for line, wanted in zip(lines, FAILED):
        assert line.startswith(f"SubprocessError: {wanted}"), (line, wanted)


OWN_FAILURES = """
for command, options in (
    (["/nonexistent"], {}),
    (["no-such-program"], {}),
    (["/bin/true"], {"cwd": "/nonexistent"}),
    (["/etc/passwd"], {}),
):
    print(*both(command, Setup(umask=0o77), **options))
    print(*both(command, Setup(groups=[]), **options))
    print(*both(command, None, **options))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="drops groups")
def test_what_popen_itself_asked_for_fails_as_ever(python: Python) -> None:
    lines = python.succeed(INSTALLED + BOTH_WAYS + OWN_FAILURES).splitlines()
    assert len(lines) == 12
    for i in range(0, len(lines), 3):
        assert lines[i] == lines[i + 1] == lines[i + 2]
    assert lines[0].startswith("FileNotFoundError") and lines[0].endswith(" /nonexistent")
    assert lines[6].endswith("'/nonexistent' /nonexistent")
    assert lines[9].startswith("PermissionError")


def test_a_failed_child_is_waited_for(python: Python) -> None:
    code = """
for setup in (Setup(directory="/nonexistent"), Setup(umask=0)):
    both(["/nonexistent"], setup)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none is left")
print(sorted(forkexec.stats().failures.items()))
"""
    wanted = "none is left\n[('chdir', 2), ('exec', 2)]\n"
    assert python.succeed(INSTALLED + BOTH_WAYS + code) == wanted


# ---- who else is there ----


def test_threads_share_a_setup(python: Python) -> None:
    code = """
import threading
setup, seen = Setup(umask=0o71, limits={"core": 0}), []
def work():
    for _ in range(20):
        seen.append(subprocess.check_output(["/bin/sh", "-c", "umask"], preexec_fn=setup))
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(seen), set(seen))
"""
    assert python.succeed(INSTALLED + code) == "80 {b'0071\\n'}\n"


def test_a_subclass_is_called(python: Python) -> None:
    code = """
class Mine(Setup):
    def __call__(self):
        super().__call__()
        os.write(1, b"called ")
print(both(["/bin/sh", "-c", "umask"], Mine(umask=0o71)))
"""
    assert python.succeed(INSTALLED + BOTH_WAYS + code) == "called 0071\n\n"


def test_the_file_in_the_place_of_cpythons_own_calls_it(tmp_path: Path) -> None:
    """It may lie beside a package of another build."""
    import importlib.util

    place = tmp_path / "_posixsubprocess.so"
    place.symlink_to(str(_native.__file__))
    spec = importlib.util.spec_from_file_location("_posixsubprocess", place)
    assert spec is not None and spec.loader is not None and "forkexec._native" in sys.modules
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    called: List[int] = []
    given = calls.arguments(ERAS[-1], preexec_fn=Setup(umask=0o71))
    pid = other.fork_exec(*given)
    assert os.waitpid(pid, 0)[1] == 0 and not called
    assert [entry[1] for entry in other.stats()["spawns"]] == ["callback"]


def test_the_control_of_both_ways() -> None:
    """What the short way declines is what is not plain: an empty list is none of its numbers."""
    assert run(ERAS[-1], preexec_fn=Setup(umask=0)).status == 0
