# SPDX-License-Identifier: MIT
"""Setup as a value: its forms, equality, merging, pickle and JSON."""

import copy
import inspect
import json
import pickle
import resource
import signal
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Tuple

import forkexec
import pytest
from forkexec import Setup
from forkexec._setup_table import CONVERT

from tests.python.support import Python

# Whatever means the same: all of a row are equal, and the first is the normal form.
SAME: List[Tuple[str, Any, List[Any]]] = [
    ("limits", {"nofile": (256, 256)}, [{"nofile": 256}, {"RLIMIT_NOFILE": "256"}]),
    ("limits", {"nofile": (256, 4096)}, [{resource.RLIMIT_NOFILE: [256, 4096]}]),
    ("limits", {"nofile": (256, 4096)}, [{"NOFILE": "256:4096"}, [("nofile", (256, 4096))]]),
    ("limits", {"nofile": (256, None)}, [{"nofile": "256:"}]),
    ("limits", {"nofile": (None, 4096)}, [{"nofile": ":4096"}]),
    ("limits", {"core": ("unlimited", "unlimited")}, [{"core": "unlimited"}, {"core": -1}]),
    ("limits", {"core": (0, "unlimited")}, [{"core": (0, resource.RLIM_INFINITY)}]),
    ("limits", {"nofile": ("max", None)}, [{"nofile": "max"}]),
    ("limits", {"cpu": (1, 2), "nofile": (3, 4)}, [{"nofile": (3, 4), "cpu": (1, 2)}]),
    ("default_signals", ("INT", "TERM"), [["SIGTERM", 2], {"TERM", "INT"}, ["int", "term", 15]]),
    ("ignored_signals", ("HUP",), ["SIGHUP", signal.SIGHUP, [1, "HUP"]]),
    ("ignored_signals", "all", []),
    ("blocked_signals", (), [[], set()]),
    ("block_signals", ("USR1", "USR2"), [[signal.SIGUSR2, signal.SIGUSR1]]),
    ("new_session", True, []),
    ("process_group", 0, []),
    ("controlling_terminal", 0, []),
    ("nice", -5, []),
    ("nice_absolute", 0, []),
    ("scheduling", "batch", ["SCHED_BATCH", 3, ("batch", 0), {"policy": "batch"}]),
    ("scheduling", ("fifo", 10), [("SCHED_FIFO", 10), {"policy": 1, "priority": 10}]),
    ("scheduling", {"policy": "idle", "reset_on_fork": True}, [5 | 0x40000000]),
    ("scheduling", {"policy": "deadline", "runtime": 1, "deadline": 2, "period": 3}, []),
    ("affinity", "0-2,6", [[6, 0, 1, 2], {0, 1, 2, 6}, "0,1-2,6", "6,2,0-1"]),
    ("affinity", "0,2,4", ["0-4:2", [4, 2, 0]]),
    ("io_priority", "idle", [3, ("idle", 0)]),
    ("io_priority", ("best-effort", 4), ["best-effort", 2, ["best-effort", 4]]),
    ("timer_slack", 0, []),
    ("oom_score_adj", 500, []),
    ("umask", 0o22, []),
    ("user", 1000, ["1000"]),
    ("user", "nobody", []),
    ("groups", (), [[]]),
    ("groups", (4, 24, "adm"), [["adm", 24, "4", 24]]),
    ("groups", "user", []),
    ("bounding_capabilities", ("net_bind_service", "net_raw"), [["CAP_NET_RAW", 10]]),
    ("ambient_capabilities", "all", []),
    ("permitted_capabilities", (), [[]]),
    ("securebits", ("noroot", "keep_caps_locked"), [0x21, ["keep_caps_locked", "noroot"]]),
    ("directory", "/srv", [b"/srv", Path("/srv")]),
    ("directory", 7, []),
    ("directory_when", "first", []),
    ("landlock", {"/tmp": "rw", "/usr": "ro"}, [{b"/usr": "ro", Path("/tmp"): "rw"}]),
    ("seccomp", bytes(8), [bytearray(8), memoryview(bytes(8))]),
    ("unshare", ("mount", "net"), [["CLONE_NEWNET", "mount"], "net,mount", 0x40020000]),
    ("namespaces", {"net": "/run/x"}, [{"CLONE_NEWNET": b"/run/x"}, {0x40000000: "/run/x"}]),
    ("uid_map", ((0, 1000, 1),), [[(0, 1000, 1)], [[0, 1000, 1]]]),
    ("cgroup", "/sys/fs/cgroup/x", [Path("/sys/fs/cgroup/x")]),
    ("death_signal", "TERM", ["SIGTERM", 15, signal.SIGTERM, "15"]),
    ("environment", {"A": "1", "B": "\udcff"}, [{b"B": b"\xff", "A": b"1"}]),
    ("environment", {}, [[]]),
    ("environment_set", {"A": ""}, []),
    ("environment_unset", ("A", "B"), [["B", "A", "A"], {"A", "B"}]),
    ("listen", (5, 3), [[5, 3]]),
    ("listen", (("web", 5), ("db", 3)), [{"web": 5, "db": 3}]),
    ("map", {3: 5, 9: 1}, [{9: 1, 3: 5}, [(3, 5), (9, 1)]]),
    ("keep", (3, 5), [[5, 3, 5]]),
    (
        "best_effort",
        ("nice", "oom_score_adj"),
        [["oom_score_adj", "nice"], {"nice": 1, "oom_score_adj": 1}],
    ),
    ("mechanism", "clone3", []),
]


@pytest.mark.parametrize(("keyword", "normal", "others"), SAME, ids=str)
def test_what_means_the_same_is_equal(keyword: str, normal: Any, others: List[Any]) -> None:
    setup = Setup(**{keyword: normal})
    assert getattr(setup, keyword) == normal
    for value in others:
        other = Setup(**{keyword: value})
        assert other == setup and hash(other) == hash(setup), value
        assert repr(other) == repr(setup)


@pytest.mark.parametrize(("keyword", "normal", "others"), SAME, ids=str)
def test_it_comes_back_from_pickle_json_and_repr(
    keyword: str, normal: Any, others: List[Any]
) -> None:
    setup = Setup(**{keyword: normal}, traced=True)
    assert pickle.loads(pickle.dumps(setup)) == setup
    assert copy.deepcopy(setup) == copy.copy(setup) == setup
    assert Setup.from_json(setup.to_json()) == setup
    assert eval(repr(setup)) == setup
    assert setup != Setup(traced=True)


NOTHING: Dict[str, Any] = {
    "limits": {},
    "default_signals": [],
    "new_session": False,
    "keep": (),
    "map": {},
    "best_effort": [],
    "environment_set": {},
    "mechanism": "auto",
    "nice": None,
}


@pytest.mark.parametrize("keyword", NOTHING)
def test_what_says_nothing_is_not_there(keyword: str) -> None:
    setup = Setup(**{keyword: NOTHING[keyword]})
    assert setup == Setup() and repr(setup) == "Setup()" and setup.to_json() == "{}"


def test_descriptors_may_be_files() -> None:
    with tempfile.TemporaryFile() as file:
        assert Setup(gate=file, directory=file, keep=[file]) == Setup(
            gate=file.fileno(), directory=file.fileno(), keep=[file.fileno()]
        )


REFUSED: List[Tuple[str, Any, type, str]] = [
    ("limits", {"nofle": 1}, ValueError, "no limit is called 'nofle'"),
    ("limits", {"nofile": (2, 1)}, ValueError, "the soft limit 2 is above the hard one, 1"),
    ("limits", {"nofile": ("unlimited", 1)}, ValueError, "above the hard one"),
    ("limits", {"nofile": (None, None)}, ValueError, "neither a soft nor a hard limit"),
    ("limits", {"nofile": (1, 2, 3)}, ValueError, "no pair"),
    ("limits", {"nofile": (1, "max")}, ValueError, "'max' is neither a number nor unlimited"),
    ("limits", {"nofile": 1.5}, TypeError, "needs a number, 'unlimited' or 'max', not 1.5"),
    ("limits", {"nofile": -2}, ValueError, "-2 is not between"),
    ("limits", {"nofile": 1, 7: 2}, ValueError, "'nofile' is there twice"),
    ("limits", 5, TypeError, "needs a list, not 5"),
    ("limits", "nofile", TypeError, "needs a list, not 'nofile'"),
    ("ignored_signals", ["TREM"], ValueError, "no signal is called 'TREM'"),
    ("ignored_signals", [99], ValueError, "no signal has the number 99"),
    ("ignored_signals", [1.0], TypeError, "needs the name or number of a signal, not 1.0"),
    ("new_session", 1, TypeError, "needs True or False, not 1"),
    ("process_group", -1, ValueError, "-1 is not between 0 and"),
    ("nice", True, TypeError, "needs a number, not True"),
    ("nice_absolute", 20, ValueError, "20 is not between -20 and 19"),
    ("scheduling", "quick", ValueError, "no scheduling is called 'quick'"),
    ("scheduling", {"policy": "fifo", "prio": 1}, ValueError, "'prio' is not known"),
    ("scheduling", {"priority": 1}, ValueError, "no policy"),
    ("scheduling", ("fifo", 100), ValueError, "100 is not between 0 and 99"),
    ("affinity", "3-1", ValueError, "the range '3-1' ends before it begins"),
    ("affinity", "a", ValueError, "'a' is no CPU and no range of CPUs"),
    ("affinity", [], ValueError, "needs at least one CPU"),
    ("io_priority", "fast", ValueError, "'fast' is none of none, realtime, best-effort, idle"),
    ("io_priority", ("idle", 3), ValueError, "the class idle has no levels"),
    ("io_priority", ("realtime", 8), ValueError, "8 is not between 0 and 7"),
    ("oom_score_adj", 1001, ValueError, "1001 is not between -1000 and 1000"),
    ("umask", 0o1000, ValueError, "512 is not between 0 and 511"),
    ("user", -1, ValueError, "-1 is not between"),
    ("user", 2**32 - 1, ValueError, "is not between"),
    ("user", "", ValueError, "must not be empty"),
    ("user", None.__class__, TypeError, "needs a name or a number"),
    ("groups", "staff", TypeError, "needs a list, not 'staff'"),
    ("bounding_capabilities", ["net_row"], ValueError, "no capability is called 'net_row'"),
    ("securebits", ["no_root"], ValueError, "'no_root' is none of 'noroot'"),
    ("directory", "", ValueError, "must not be empty"),
    ("directory", "a\0b", ValueError, "cannot hold a NUL character"),
    ("directory", 1.5, TypeError, "needs a path, not 1.5"),
    ("directory_when", "later", ValueError, "'later' is none of 'last', 'before-identity'"),
    ("landlock", {"/": "rx"}, ValueError, "'rx' is none of 'ro', 'rw'"),
    ("landlock", {}, ValueError, "allows nothing at all"),
    ("seccomp", b"123", ValueError, "3 bytes are no filter"),
    ("seccomp", "x", TypeError, "needs a compiled filter, as bytes, not 'x'"),
    ("unshare", ["nets"], ValueError, "no namespace is called 'nets'"),
    ("uid_map", [(0, 1)], ValueError, "(0, 1) is not (inside, outside, count)"),
    ("uid_map", [], ValueError, "needs at least one line"),
    ("death_signal", "TREM", ValueError, "no signal is called 'TREM'"),
    ("environment", {"A=B": "1"}, ValueError, "'A=B' is no name of a variable"),
    ("environment", {"A": 1}, TypeError, "needs a string, not 1"),
    ("environment_unset", "A", TypeError, "needs a list, not 'A'"),
    ("listen", {"a:b": 3}, ValueError, "'a:b' is no name for a socket"),
    ("alarm", 0, ValueError, "0 is not between 1 and"),
    ("map", {-1: 3}, ValueError, "-1 is not between 0 and"),
    ("keep", ["x"], TypeError, "needs a descriptor, not 'x'"),
    ("best_effort", ["niece"], ValueError, "no step is called 'niece'"),
    ("mechanism", "spawn", ValueError, "'spawn' is none of 'auto', 'clone3'"),
]


@pytest.mark.parametrize(("keyword", "value", "kind", "text"), REFUSED, ids=str)
def test_what_means_nothing_is_refused_by_name(
    keyword: str, value: Any, kind: type, text: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        Setup(**{keyword: value})
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"{keyword}: ") and text in str(caught.value)


@pytest.mark.parametrize(
    "both",
    [
        {"nice": 1, "nice_absolute": 1},
        {"new_session": True, "process_group": 0},
        {"landlock": {"/": "ro"}, "landlock_fd": 3},
        {"blocked_signals": [], "block_signals": ["INT"]},
    ],
)
def test_what_excludes_each_other_is_refused(both: Dict[str, Any]) -> None:
    first, second = both
    with pytest.raises(ValueError, match=f"^{second}: excludes {first}$"):
        Setup(**both)


def test_no_other_keyword_and_no_position() -> None:
    with pytest.raises(TypeError, match="no_such_keyword"):
        Setup(no_such_keyword=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Setup({})  # type: ignore[call-arg]


def test_it_does_not_change() -> None:
    setup = Setup(limits={"nofile": 1})
    with pytest.raises(AttributeError, match="a Setup does not change"):
        setup.nice = 5
    with pytest.raises(AttributeError, match="a Setup does not change"):
        del setup.limits
    with pytest.raises(AttributeError, match="'Setup' object has no attribute 'limit'"):
        _ = setup.limit
    with pytest.raises(TypeError):
        setup.limits["nofile"] = 2
    assert setup.replace(nice=3, limits=None) == Setup(nice=3)
    assert setup == Setup(limits={"nofile": 1}) and setup.nice is None


def test_what_is_seen_of_it() -> None:
    setup = Setup(umask=0o22, death_signal=15, limits={"nofile": 256})
    wanted = "Setup(limits={'nofile': (256, 256)}, umask=0o22, death_signal='TERM')"
    assert repr(setup) == str(setup) == wanted
    assert {setup: 1}[Setup(umask=18, death_signal="TERM", limits={"nofile": "256"})] == 1
    assert "limits" in dir(setup) and setup != 5


def test_json_is_plain() -> None:
    setup = Setup(seccomp=b"\xff" * 8, map={3: 5}, limits={"nofile": "1:"}, directory=b"/\xff")
    assert json.loads(setup.to_json()) == {
        "limits": {"nofile": [1, None]},
        "directory": "/\udcff",
        "seccomp": "//////////8=",
        "map": [[3, 5]],
    }
    assert Setup.from_json(b'{"nice": 5, "umask": null}') == Setup(nice=5)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("[]", ValueError, "is an object"),
        ('{"nicer": 5}', ValueError, "nicer: Setup has no such keyword"),
        ('{"seccomp": "*"}', ValueError, "seccomp: "),
        ('{"seccomp": 5}', TypeError, "seccomp: needs base64"),
        ("{", json.JSONDecodeError, "Expecting"),
    ],
)
def test_json_that_is_none_of_a_setup(text: str, kind: type, message: str) -> None:
    with pytest.raises(kind, match=message):
        Setup.from_json(text)


def test_every_keyword_is_documented() -> None:
    keywords = list(inspect.signature(Setup).parameters)
    assert keywords == list(CONVERT)
    documented = inspect.getdoc(Setup)
    assert documented is not None
    for keyword in keywords:
        assert f"\n{keyword}" in documented or f", {keyword}" in documented, keyword


def test_a_subclass_is_its_own() -> None:
    class Mine(Setup):
        pass

    assert type(Mine(nice=1) | Setup(umask=1)) is Mine
    assert repr(Mine()) == "Mine()" and Mine.from_json("{}") == Setup()


def test_every_python_makes_the_same_of_it(python: Python) -> None:
    setup = Setup(
        limits={"nofile": (256, "unlimited")}, groups=["adm", 4], listen={"b": 3, "a": 4}, umask=2
    )
    code = (
        "import pickle, forkexec, sys\n"
        "setup = forkexec.Setup.from_json(sys.argv[1])\n"
        "print(setup); print(pickle.loads(pickle.dumps(setup)) == setup)"
    )
    assert python.succeed(code, setup.to_json()) == f"{setup!r}\nTrue\n"


def test_it_is_loaded_when_it_is_used(python: Python) -> None:
    code = (
        "import sys, forkexec\n"
        "print('forkexec._setup' in sys.modules)\n"
        "forkexec.install(); import subprocess; subprocess.call(['/bin/true'])\n"
        "print('forkexec._setup' in sys.modules)\n"
        "forkexec.Setup, forkexec.explain\n"
        "print('forkexec._setup' in sys.modules)\n"
    )
    assert python.succeed(code) == "False\nFalse\nTrue\n"


def test_it_is_among_the_names_of_the_package() -> None:
    assert {"Setup", "explain"} <= set(dir(forkexec))
