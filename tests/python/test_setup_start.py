# SPDX-License-Identifier: MIT
"""A Setup as preexec_fn where forkexec is installed: what the child is, and what failures are."""

import os
import sys
from pathlib import Path
from typing import Any, List

import pytest
from forkexec import Setup, _native

from tests.python import fork_exec_calls as calls
from tests.python.fork_exec_calls import ERAS, Era, run, shell
from tests.python.setup_programs import OBSERVE
from tests.python.support import Python
from tests.python.test_setup_recognised import trace

INSTALLED = OBSERVE + "import forkexec\nfrom forkexec import Setup\nforkexec.install()\n"
each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)

# By _execute_child's short way, and by fork_exec, as the number is no plain one.
BOTH_WAYS = """
class Number(int):
    pass
def both(command, setup, **options):
    results = []
    for way in ({}, {"restore_signals": Number(1)}):
        try:
            done = subprocess.run(command, stdout=-1, preexec_fn=setup, **{**options, **way})
            results.append(done.stdout.decode())
        except (OSError, subprocess.SubprocessError) as error:
            results.append((type(error).__name__, str(error), getattr(error, "filename", None)))
    assert results[0] == results[1], results
    return results[0]
"""


# ---- seen from inside ----

SEEN = """
setup = Setup(limits={"nofile": (64, 128), "core": 0}, nice_absolute=19, umask=0o27,
              new_session=True, directory="/usr", ignored_signals=["INT", "PIPE"], block_signals=["USR1"],
              affinity=[0], scheduling="batch", oom_score_adj=500)
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


# ---- together with what Popen is told ----

TOGETHER = """
for options, setup in json.loads(sys.argv[1]):
    found = attempt(Setup(**setup), **options)
    if isinstance(found, dict):
        found = [found["directory"], found["Umask"], found["leads"], found["Uid"].split()[0]]
    print(json.dumps(found))
print(json.dumps({" ".join(entry[:2]): entry[2] for entry in forkexec.stats().by_mechanism}))
"""
STOCK_TOGETHER = OBSERVE + "import forkexec\nfrom forkexec import Setup\n" + TOGETHER
TWICE: List[Any] = [
    [{"cwd": "/usr"}, {"directory": "/bin/.."}],
    [{"cwd": "/usr"}, {"directory": "bin"}],
    [{"cwd": "/nonexistent"}, {"directory": "/"}],
    [{"start_new_session": True}, {"new_session": True}],
    [{"start_new_session": True}, {"process_group": 0}],
]
ONCE: List[Any] = [
    [{"cwd": "/usr"}, {"umask": 0o71}],
    [{"start_new_session": True}, {"umask": 0o71}],
    [{}, {"directory": "/usr", "new_session": True}],
    [{"cwd": "/usr"}, {"new_session": True}],
]
TWICE_3_9: List[Any] = [
    [{"user": 1}, {"user": 2, "groups": "keep"}],
    [{"extra_groups": [3]}, {"groups": [5]}],
]
ONCE_3_9: List[Any] = [[{"umask": 0o70}, {"umask": 0o7}], [{"umask": 0o70}, {"directory": "/usr"}]]


def compare(python: Python, given: List[Any]) -> Any:
    import json

    text = json.dumps(given)
    stock = python.succeed(STOCK_TOGETHER, text).splitlines()[:-1]
    *ours, counted = python.succeed(INSTALLED + TOGETHER, text).splitlines()
    assert [json.loads(line) for line in ours] == [json.loads(line) for line in stock]
    return json.loads(counted)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_what_is_said_twice_is_done_twice(python: Python) -> None:
    given = TWICE + (TWICE_3_9 if python.version >= (3, 9) else [])
    assert compare(python, given) == {"fork callback": len(given)}


def test_what_is_said_once_is_done_by_the_engine(python: Python) -> None:
    given = ONCE + (ONCE_3_9 if python.version >= (3, 9) else [])
    assert compare(python, given) == {"clone3 fastest": len(given)}


@each_era
def test_descriptors_of_both(era: Era) -> None:
    read, write = os.pipe()
    extra, closed = os.dup(read), os.dup(read)
    script = f"for fd in 77 {read} {extra} {closed}; do readlink /proc/$$/fd/$fd; done"
    try:
        os.set_inheritable(closed, True)
        mapped = shell(era, script, preexec_fn=Setup(map={77: write}))
        both = shell(era, script, preexec_fn=Setup(keep=[extra]), pass_fds=(read,))
        others = shell(era, script, preexec_fn=Setup(inherit_others=True))
        less = shell(era, script, preexec_fn=Setup(close=[closed]), close_fds=False)
        name = os.readlink(f"/proc/self/fd/{read}").encode() + b"\n"
    finally:
        for descriptor in (read, write, extra, closed):
            os.close(descriptor)
    assert (mapped.output, others.output, less.output) == (name, name, b"")
    # What a caller of 2012 keeps is close-on-exec, as it was.
    assert both.output == (name if era.keeps_list else name * 2)


def test_the_environment_of_both(python: Python) -> None:
    code = """
for setup in (Setup(environment={"A": "1"}), Setup(environment_set={"B": "2"}),
              Setup(environment_unset=["C"]), Setup(pid_variable="P")):
    print(sorted(both(["/usr/bin/env"], setup, env={"C": "3"}).replace(PID, "").split()))
"""
    code = code.replace('.replace(PID, "")', "")
    lines = python.succeed(INSTALLED + BOTH_WAYS.replace("assert results", "#") + code).splitlines()
    assert lines[:3] == ["['A=1']", "['B=2', 'C=3']", "[]"]
    assert lines[3].startswith("['C=3', 'P=")


def test_sockets(python: Python) -> None:
    code = """
import socket
with socket.socket() as web:
    web.listen()
    setup = Setup(listen={"web": web})
    script = 'echo $LISTEN_FDS $LISTEN_FDNAMES $((LISTEN_PID - $$)); readlink /proc/$$/fd/3'
    print(both(["/bin/sh", "-c", script], setup))
"""
    assert python.succeed(INSTALLED + BOTH_WAYS + code).startswith("1 web 0\nsocket:[")


def test_a_program_by_descriptor(python: Python) -> None:
    code = """
with open("/bin/echo", "rb") as program:
    print(both(["anything", "a"], Setup(program_fd=program)))
"""
    assert python.succeed(INSTALLED + BOTH_WAYS + code) == "a\n\n"


def test_a_gate_is_opened_by_the_one_who_started(python: Python) -> None:
    code = """
read, write = os.pipe()
process = subprocess.Popen(["/bin/echo", "through"], stdout=-1, preexec_fn=Setup(gate=read))
os.close(read)
assert process.poll() is None
with open(f"/proc/{process.pid}/exe", "rb") as ours, open(sys.executable, "rb") as python:
    assert os.path.sameopenfile(ours.fileno(), python.fileno())
os.close(write)
print(process.communicate()[0].decode())
for setup in (Setup(gate=0, directory="/nonexistent"), Setup(gate=999)):
    try:
        subprocess.Popen(["/bin/true"], stdin=subprocess.DEVNULL, preexec_fn=setup)
    except subprocess.SubprocessError as error:
        print(error)
try:
    subprocess.Popen(["/bin/true"], cwd="/nonexistent", preexec_fn=Setup(gate=0))
except FileNotFoundError as error:
    print(error.filename)
try:
    subprocess.Popen(["/bin/true"], close_fds=False, preexec_fn=Setup(gate=0))
except subprocess.SubprocessError as error:
    print(error)
"""
    lines = python.succeed(INSTALLED + code).splitlines()
    assert lines[:3] == ["through", "", 'chdir("/nonexistent"): No such file or directory']
    assert lines[3].startswith("gate: ")
    assert lines[4:] == [
        "/nonexistent",
        "gate: needs close_fds=True, or the child would keep the error pipe open",
    ]


def test_a_mechanism_that_is_forced(python: Python) -> None:
    code = """
for name in ("clone3", "clone", "fork"):
    both(["/bin/true"], Setup(mechanism=name))
print(sorted({entry.mechanism for entry in forkexec.stats().by_mechanism}))
print(both(["/bin/true"], Setup(mechanism="clone", groups=[]))[1])
"""
    first, second = python.succeed(INSTALLED + BOTH_WAYS + code).splitlines()
    assert first == "['clone', 'clone3', 'fork']"
    assert second.startswith("mechanism: clone cannot be used: ")


def test_best_effort(python: Python) -> None:
    code = """
print(both(["/bin/pwd"], Setup(directory="/nonexistent", best_effort=["directory"])) != "")
"""
    assert python.succeed(INSTALLED + BOTH_WAYS + code) == "True\n"


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
