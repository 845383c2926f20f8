# SPDX-License-Identifier: MIT
"""Which of CPython's tests are judged, and by which module each tree offers them."""

from __future__ import annotations

import dataclasses
import os
from typing import List, Optional, Sequence, Tuple


@dataclasses.dataclass(frozen=True)
class Suite:
    name: str
    modules: Tuple[str, ...]
    """Dotted names below ``test``; the first that a tree has is taken."""
    methods: Tuple[str, ...] = ()
    """Only these test methods; empty means all."""
    written: str = ""
    """What to write as the first of `modules` where a tree has none of them."""
    borrowed: bool = False
    """Whether the tests of the nearest other version may stand in where a tree has none."""
    unprivileged: bool = False
    """Run as another user when started by root: root is refused nothing, so its runs skip what is
    about refusals."""
    weight: int = 1
    """About how long it takes, in tens of seconds: short ones run first."""


def _start_method(method: str) -> str:
    return (
        "import test._test_multiprocessing\n"
        f"test._test_multiprocessing.install_tests_in_module_dict(globals(), {method!r})\n"
    )


QUICK = (Suite("test_subprocess", ("test_subprocess",), weight=2),)

ALL = QUICK + (
    Suite("test_subprocess (unprivileged)", ("test_subprocess",), unprivileged=True, weight=2),
    Suite(
        "test_capi",
        # The package of newer versions keeps the tests of fork_exec in test_misc.
        ("test_capi.test_misc", "test_capi"),
        methods=("test_seq_bytes_to_charp_array", "test_subprocess_fork_exec"),
        borrowed=True,
    ),
    Suite("test_asyncio.test_subprocess", ("test_asyncio.test_subprocess",), weight=3),
    Suite(
        "test_multiprocessing_spawn",
        ("test_multiprocessing_spawn",),
        written=_start_method("spawn"),
        weight=20,
    ),
    Suite(
        "test_multiprocessing_forkserver",
        ("test_multiprocessing_forkserver",),
        written=_start_method("forkserver"),
        weight=12,
    ),
    Suite("test_concurrent_futures", ("test_concurrent_futures",), borrowed=True, weight=20),
    Suite("test_popen", ("test_popen",)),
    Suite("test_posix", ("test_posix",)),
    Suite("test_signal", ("test_signal",), weight=5),
    Suite("test_threading", ("test_threading",), weight=3),
    Suite("test_venv", ("test_venv",), weight=8),
    Suite("test_faulthandler", ("test_faulthandler",), weight=4),
    Suite("test_audit", ("test_audit",)),
)


@dataclasses.dataclass(frozen=True)
class Repair:
    """A test that cannot run here as it is written, for a reason of its own: mended in both copies
    alike."""

    file: str
    old: str
    new: str
    reason: str


REPAIRS = (
    Repair(
        "test_subprocess.py",
        "--trace=clone,clone2,clone3,",
        "--trace=clone,?clone2,clone3,",
        "strace refuses the name clone2 on most processors, so test_vfork_used_when_expected "
        "skipped itself",
    ),
)


def named(names: Sequence[str], among: Sequence[Suite] = ALL) -> List[Suite]:
    """The suites of these names; ValueError for a name that is none."""
    known = {suite.name: suite for suite in among}
    for name in names:
        if name not in known:
            raise ValueError(f"no suite is called {name!r}; there are: {', '.join(known)}")
    return [known[name] for name in names]


def path_of(module: str) -> str:
    """The path of a module below the test folder, without its ending."""
    return module.replace(".", os.sep)


def locate(suite: Suite, folder: str) -> Optional[str]:
    """Which module of the suite the test folder `folder` holds, or None."""
    for module in suite.modules:
        path = os.path.join(folder, path_of(module))
        if os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__init__.py")):
            return module
    return None
