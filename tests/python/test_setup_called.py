# SPDX-License-Identifier: MIT
"""A Setup under CPython's own engine: a callable, in a child that has been forked."""

import os
from typing import Any, Dict

import pytest
from forkexec import Setup
from forkexec._setup_table import NOT_FOR_A_FORKED_CHILD

from tests.python.setup_programs import OBSERVE
from tests.python.support import Python

COMPARE = (
    OBSERVE
    + """
import forkexec
from forkexec import Setup
if sys.argv[1] == "ours":
    forkexec.install()
for setup in json.loads(sys.argv[2]):
    before = state()
    print(json.dumps(attempt(Setup(**setup)), sort_keys=True))
    assert state() == before
if sys.argv[1] == "stock":
    assert forkexec.stats().spawns == 0
"""
)
ANYBODY: Dict[str, Any] = {
    "limits": {"nofile": [64, 128], "core": [0, None], "cpu": "max"},
    "umask": 0o27,
    "nice": 3,
    "nice_absolute": 7,
    "new_session": True,
    "process_group": 0,
    "directory": "/usr",
    "ignored_signals": ["INT", "PIPE"],
    "default_signals": "all",
    "block_signals": ["USR1"],
    "blocked_signals": ["TERM", "USR2"],
    "scheduling": "batch",
    "affinity": "0",
    "no_new_privs": True,
}
ROOT: Dict[str, Any] = {
    "user": {"user": "daemon", "groups": [3]},
    "groups": {"groups": []},
    "bounding_capabilities": {"bounding_capabilities": ["net_raw"]},
    "chroot": {"chroot": "/", "directory": "/usr"},
    "scheduling": {"scheduling": ("fifo", 3)},
}


def test_the_child_is_the_same_as_where_forkexec_is_installed(python: Python) -> None:
    import json

    setups = [{keyword: value} for keyword, value in ANYBODY.items()]
    if os.geteuid() == 0:
        setups += ROOT.values()
    together = {**ANYBODY, "process_group": None, "nice": None, "block_signals": None}
    together["ignored_signals"] = None
    text = json.dumps([*setups, together])
    stock = python.succeed(COMPARE, "stock", text).splitlines()
    ours = python.succeed(COMPARE, "ours", text).splitlines()
    assert len(stock) == len(setups) + 1
    for setup, by_stock, by_us in zip(setups, stock, ours):
        assert json.loads(by_stock) == json.loads(by_us), setup
        assert isinstance(json.loads(by_stock), dict), (setup, by_stock)
    assert stock[-1] == ours[-1]


def test_a_failure_is_what_it_is_for_any_callable(python: Python) -> None:
    code = COMPARE + "print(attempt(Setup(directory='/nonexistent')))\n"
    wanted = "SubprocessError('Exception occurred in preexec_fn.')\n"
    assert python.succeed(code, "stock", "[]") == wanted


def attempt(setup: Setup) -> str:
    """What a forked child says that calls it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            setup()
            os.write(write, b"done")
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as stream:
        said = stream.read().decode()
    assert os.waitpid(pid, 0)[1] == 0
    return said


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        (Setup(), "done"),
        (Setup(umask=0o27), "done"),
        (
            Setup(directory="/nonexistent"),
            'FileNotFoundError: [Errno 2] chdir("/nonexistent"): No such file or directory',
        ),
        (Setup(directory="/nonexistent", best_effort=["directory"]), "done"),
        (Setup(user=1), "OSError: [Errno 22] groups: "),
        (Setup(groups=["no-such-group"]), "ValueError: groups: there is no group"),
    ],
)
def test_called_it_does_what_it_says_to_this_process(setup: Setup, said: str) -> None:
    assert attempt(setup).startswith(said)


WITHOUT_MEANING: Dict[str, Any] = {
    "environment_clean": True,
    "environment": {},
    "environment_set": {"A": ""},
    "environment_unset": ["A"],
    "pid_variable": "A",
    "listen": [3],
    "program_fd": 3,
    "busy_timeout": 1,
    "shell_fallback": True,
    "map": {3: 4},
    "keep": [3],
    "close": [3],
    "inherit_others": True,
    "mechanism": "fork",
}


@pytest.mark.parametrize("keyword", NOT_FOR_A_FORKED_CHILD)
def test_what_means_nothing_there_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match=f"^{keyword}: means nothing to a child"):
        Setup(**{keyword: WITHOUT_MEANING[keyword]})()
