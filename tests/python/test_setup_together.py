# SPDX-License-Identifier: MIT
"""A Setup together with what Popen is told, and what only the start of a process can do."""

import json
import os
from typing import Any, List

import pytest
from forkexec import Setup

from tests.python.fork_exec_calls import ERAS, Era, shell
from tests.python.setup_programs import BOTH_WAYS, INSTALLED, OBSERVE
from tests.python.support import Python

each_era = pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)

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
              Setup(environment_unset=["C"])):
    print(sorted(both(["/usr/bin/env"], setup, env={"C": "3"}).split()))
print(both(["/bin/sh", "-c", "test $P = $$ && echo $C"], Setup(pid_variable="P"), env={"C": "3"}))
os.environ["LD_TRACE"] = "1"
print(both(["/bin/sh", "-c", "echo $LD_TRACE."], Setup(environment_clean=True)))
"""
    wanted = "['A=1']\n['B=2', 'C=3']\n[]\n3\n\n.\n\n"
    assert python.succeed(INSTALLED + BOTH_WAYS + code) == wanted


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
