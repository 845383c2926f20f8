# SPDX-License-Identifier: MIT
"""The method in the place of Popen._execute_child: when it acts, and what it leaves to others."""

from tests.python.popen_programs import check
from tests.python.support import Python

SHORT = [
    "[TRUE]",
    "TRUE",
    "(b'/bin/true', 'x')",
    "['true']",
    "['true'], env={'PATH': '/bin'}",
    "[Path(TRUE), Path('x')]",
    "'exit 0', shell=True",
    "[TRUE], cwd='/'",
    "[TRUE], cwd=Path('/')",
    "[TRUE], env={'A': '1'}",
    "[TRUE], pass_fds=(0, 2)",
    "[TRUE], close_fds=False",
    "[TRUE], start_new_session=True",
    "[TRUE], restore_signals=False",
    "[TRUE], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL",
    "['x'], executable=TRUE",
    "['/nonexistent']",
    "['nonexistent']",
    "[TRUE], cwd='/nonexistent'",
]
LONG = [
    "[TRUE], preexec_fn=int",
    "[TRUE], env=os.environ",
    "iter([TRUE])",
    "[TRUE], pass_fds=range(0, 1)",
]


def test_what_is_plain(python: Python) -> None:
    calls = f"""
from pathlib import Path
for call in {SHORT!r}:
    assert eval("short(" + call + ")"), call
for call in {LONG!r}:
    assert not eval("short(" + call + ")"), call
if sys.version_info >= (3, 9):
    assert short([TRUE], umask=0o22)
    assert not short([TRUE], user=os.getuid())
    assert not short([TRUE], extra_groups=[])
if sys.version_info >= (3, 11):
    assert short([TRUE], process_group=0)
"""
    check(python, calls)


def test_uninstall_restores_the_method(python: Python) -> None:
    check(
        python,
        """
ours = vars(subprocess.Popen)["_execute_child"]
assert ours is not stock
forkexec.install()
assert vars(subprocess.Popen)["_execute_child"] is ours
forkexec.uninstall()
assert vars(subprocess.Popen)["_execute_child"] is stock
before = dict(vars(subprocess.Popen)), list(vars(subprocess.Popen))
forkexec.install()
forkexec.uninstall()
assert before == (dict(vars(subprocess.Popen)), list(vars(subprocess.Popen)))
assert forkexec.stats().spawns == 1
subprocess.run([TRUE], check=True)
assert forkexec.stats().spawns == 1
""",
    )


def test_it_looks_like_what_it_replaces(python: Python) -> None:
    check(
        python,
        """
import copyreg, inspect, pickle
method = subprocess.Popen._execute_child
assert inspect.signature(method) == inspect.signature(stock)
for name in ("__name__", "__qualname__", "__module__", "__doc__"):
    assert getattr(method, name) == getattr(stock, name)
assert pickle.loads(pickle.dumps(method)) is method
""",
    )


def test_subclasses(python: Python) -> None:
    check(
        python,
        """
seen = []
class Mine(subprocess.Popen):
    def _execute_child(self, *given, **named):
        seen.append(len(given))
        super()._execute_child(*given, **named)
        seen.append(self.pid)
    def _close_pipe_fds(self, *handles):
        seen.append(handles)
        super()._close_pipe_fds(*handles)
child = Mine([TRUE])
assert child.wait() == 0 and seen[2] == child.pid and seen[1] == (-1,) * 6, seen
assert pipe.calls == 0

class Raises(subprocess.Popen):
    def _execute_child(self, *given, **named):
        try:
            super()._execute_child(*given, **named)
        finally:
            raise RuntimeError("after")
try:
    Raises([TRUE])
except RuntimeError:
    pass
try:
    Raises(["/nonexistent"])
except RuntimeError as error:
    assert isinstance(error.__context__, FileNotFoundError)

class Named(subprocess.Popen):
    def _execute_child(self, args, executable, *rest):
        names = stock.__code__.co_varnames[1 : stock.__code__.co_argcount]
        return super()._execute_child(**dict(zip(names, (args, executable, *rest))))
assert Named([TRUE]).wait() == 0

class Guarded(subprocess.Popen):
    "Its pid is a property."
    def get(self): return self.__dict__["pid"]
    def put(self, pid): self.__dict__["pid"] = pid
    pid = property(get, put)
assert Guarded([TRUE]).wait() == 0
""",
    )


def test_mocks_of_the_engine_are_called(python: Python) -> None:
    check(
        python,
        """
from unittest import mock
target = "subprocess._fork_exec" if hasattr(subprocess, "_fork_exec") else (
    "subprocess._posixsubprocess.fork_exec")
with mock.patch(target, side_effect=RuntimeError("mocked")) as fork_exec:
    try:
        subprocess.Popen([TRUE])
    except RuntimeError as error:
        assert str(error) == "mocked"
    assert fork_exec.call_count == 1
assert short([TRUE])
with mock.patch.object(subprocess.Popen, "_execute_child") as method:
    child = subprocess.Popen([TRUE])
    method.assert_called_once()
assert short([TRUE])
""",
    )


def test_settings_of_the_module_are_honoured(python: Python) -> None:
    check(
        python,
        """
if hasattr(subprocess, "_USE_VFORK"):
    subprocess._USE_VFORK = False
    assert not short([TRUE])
    assert ("fork", "asked") in {entry[:2] for entry in forkexec.stats().by_mechanism}
    subprocess._USE_VFORK = True
    assert short([TRUE])
    if sys.version_info < (3, 11):
        del subprocess._USE_VFORK
        assert not short([TRUE])
        subprocess._USE_VFORK = True
real = os.posix_spawn
os.posix_spawn = Count(real)
subprocess._USE_POSIX_SPAWN = True
subprocess.Popen([TRUE], close_fds=False).wait()
assert os.posix_spawn.calls == 1
""",
    )


def test_a_method_that_is_not_known_stays(python: Python) -> None:
    check(
        python,
        """
forkexec.uninstall()
def other(self, *given, **named):
    return stock(self, *given, **named)
subprocess.Popen._execute_child = other
forkexec.install()
assert subprocess.Popen._execute_child is other
subprocess.run([TRUE], check=True)
forkexec.uninstall()
assert subprocess.Popen._execute_child is other
""",
    )


def test_methods_that_are_known(python: Python) -> None:
    """What does more than was known is not replaced, however little it is."""
    check(
        python,
        """
import types
from forkexec._popen import is_known
assert is_known(stock)
assert not is_known(subprocess.Popen._execute_child)
assert not is_known(None) and not is_known(print) and not is_known(lambda self: None)
scope = {}
names = ", ".join(stock.__code__.co_varnames[: stock.__code__.co_argcount])
exec(f"def same({names}): return os.fsencode(args)\\n"
     f"def more({names}): return os.getpid()\\n"
     f"def fewer({names.replace(', args', '')}): pass\\n", scope)
assert is_known(scope["same"]) and not is_known(scope["more"]), names
assert not is_known(scope["fewer"])
""",
    )
