# SPDX-License-Identifier: MIT
"""The environment that a plain Popen converts once and keeps: never another than the one given."""

from tests.python.support import Python

PRELUDE = """
import os, subprocess, sys
import forkexec
forkexec.install()
subprocess.Popen(["/bin/true"]).wait()
pipes = 0
real_pipe = os.pipe
def pipe():
    global pipes
    pipes += 1
    return real_pipe()
os.pipe = pipe

def given(env):
    "What the child was given, and whether it went the short way: with one pipe, for its output."
    global pipes
    pipes = 0
    script = "tr '\\\\0' '\\\\n' < /proc/$$/environ"
    output = subprocess.run(["/bin/sh", "-c", script], stdout=-1, env=env, check=True).stdout
    return output.splitlines(), pipes == 1

def wanted(env):
    return [os.fsencode(name) + b"=" + os.fsencode(value) for name, value in env.items()]

def check(env, short=True):
    assert given(env) == (wanted(env), short), (env, given(env))
"""


def check(python: Python, program: str, **options: str) -> None:
    assert python.succeed(PRELUDE + program + "\nprint('ok')\n", **options) == "ok\n"


def test_the_same_again(python: Python) -> None:
    check(
        python,
        """
env = {"A": "1", b"B": b"2", "C": b"\\xff", "\\udcfe": "\\udcff", "D": ""}
for _ in range(3):
    check(env)
    check({})
    check(dict(env))
""",
    )


def test_changes_in_place(python: Python) -> None:
    check(
        python,
        """
env = {"A": "1", "B": "2"}
check(env)
env["B"] = "3"
check(env)
env["C"] = "4"
check(env)
del env["A"]
check(env)
env["A"] = "1"
check(env)
env.clear()
check(env)
env.update(A="5")
check(env)
""",
    )


def test_order_is_kept(python: Python) -> None:
    check(
        python,
        """
check({"A": "1", "B": "2"})
check({"B": "2", "A": "1"})
check({"A": "2", "B": "1"})
""",
    )


def test_equal_is_not_the_same_type(python: Python) -> None:
    """A str is never taken for the bytes that look like it, not even with -bb."""
    program = """
check({"A": "1"})
check({b"A": "1"})
check({"A": b"1"})
"""
    both = """
check({"A": "1", b"A": "2"})
check({b"A": "1", "A": "2"})
"""
    check(python, program + both)
    outcome = python.run("-bb", "-c", PRELUDE + program)
    assert (outcome.status, outcome.stderr) == (0, ""), outcome


def test_equal_objects_are_as_good(python: Python) -> None:
    check(
        python,
        """
def copied():
    return {("n" * 3 + str(number)): "v" * number for number in range(40)}
check(copied())
check(copied())
changed = copied()
changed["nnn39"] = "w" * 39
check(changed)
""",
    )


def test_what_is_not_plain_is_left_to_subprocess(python: Python) -> None:
    check(
        python,
        """
from collections import OrderedDict
from pathlib import Path
class Text(str): pass
check({"A": "1"})
for other in ({"A": Path("1")}, OrderedDict(A="1"), {"A": Text("1")}, {Text("A"): "1"}, os.environ):
    check(other, short=False)
check({"A": "1"})
class Changing(str):
    def __fspath__(self): raise AssertionError
value = Text("1")
check({"A": value}, short=False)
value = Path("2")
check({"A": value}, short=False)
for bad in ({"A=": "1"}, {"A": "\\0"}, {"A": 1}, {1: "A"}, {"A": "\\ud800"}):
    try:
        given(bad)
    except (ValueError, TypeError):
        pass
    else:
        raise AssertionError(bad)
check({"A": "1"})
""",
    )


def test_a_big_one_is_not_kept(python: Python) -> None:
    check(
        python,
        """
import gc, weakref
value = "x" * 100000
before = sys.getrefcount(value)
env = {"A": value}
check(env)
del env
gc.collect()
assert sys.getrefcount(value) == before
value = "".join(["y"] * 1000)
before = sys.getrefcount(value)
check({"A": value})
assert sys.getrefcount(value) == before + 1
for number in range(100):
    check({"A": str(number)})
assert sys.getrefcount(value) == before
""",
    )


def test_another_locale_makes_no_difference(python: Python) -> None:
    check(
        python,
        """
import locale
env = {"A": "\\u00e9"}
check(env)
locale.setlocale(locale.LC_ALL, "C")
check(env)
locale.setlocale(locale.LC_ALL, "C.UTF-8")
check(dict(env))
""",
    )


def test_an_encoding_that_is_not_utf_8(python: Python) -> None:
    outcome = python.run(
        "-X",
        "utf8=0",
        "-c",
        PRELUDE + "check({'A': '\\udce9'}); check({b'A': b'\\xe9'}); check({'A': 'x'})",
        environment={"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
    )
    assert (outcome.status, outcome.stderr) == (0, ""), outcome


def test_an_inherited_one_is_read_anew(python: Python) -> None:
    check(
        python,
        """
def inherited():
    return dict(line.split(b"=", 1) for line in given(None)[0])
os.environ["A"] = "1"
assert inherited()[b"A"] == b"1"
os.environ["A"] = "2"
assert inherited()[b"A"] == b"2"
del os.environ["A"]
assert b"A" not in inherited()
assert given(None)[1]
""",
    )


def test_path_decides_where_a_name_is_looked_for(python: Python) -> None:
    check(
        python,
        """
import tempfile
place = tempfile.mkdtemp()
os.symlink("/bin/echo", place + "/echoes")
def found(env):
    try:
        return subprocess.call(["echoes"], env=env, stdout=subprocess.DEVNULL) == 0
    except FileNotFoundError as error:
        assert error.filename == "echoes", error
        return False
assert found({"PATH": place})
assert not found({"PATH": "/bin"})
assert found({b"PATH": os.fsencode(place)})
assert found({"PATH": "/bin:" + place})
assert not found({})
assert not found(None)
os.environ["PATH"] += ":" + place
assert found(None)
real, os.environ = os.environ, {"PATH": "/bin"}
assert not found(None)
os.environ[b"PATH"] = b"/bin"
try:
    found(None)
except ValueError as error:
    assert "env cannot contain 'PATH' and b'PATH' keys" in str(error)
else:
    raise AssertionError
os.environ = {b"PATH": os.fsencode(place)}
assert found(None)
os.environ = real
del os.environ["PATH"]
assert not found(None)
os.remove(place + "/echoes")
os.rmdir(place)
""",
    )


def test_threads_that_change_it(python: Python) -> None:
    """Each child gets a consistent one, and the kept one is nobody's alone."""
    check(
        python,
        """
import threading
sys.setswitchinterval(1e-5)
failures = []
ended = threading.Event()
shared = {"N%d" % number: "0" for number in range(20)}
def change():
    number = 0
    while not ended.is_set():
        number += 1
        shared["N%d" % (number % 20)] = str(number)
        shared.pop("Extra", None)
        shared["Extra"] = "x"
def spawn(own):
    try:
        for number in range(25):
            env = {"OWN": str(own)} if number % 2 else {"OWN": str(own), "N": str(number)}
            output = subprocess.run(["/usr/bin/env"], stdout=-1, env=env, check=True).stdout
            assert output.splitlines() == wanted(env), (output, env)
            subprocess.run(["/bin/true"], env=shared, check=True)
    except BaseException as error:
        failures.append(error)
        raise
changer = threading.Thread(target=change)
threads = [threading.Thread(target=spawn, args=(own,)) for own in range(4)]
changer.start()
for thread in threads: thread.start()
for thread in threads: thread.join()
ended.set()
changer.join()
assert not failures, failures
""",
    )
