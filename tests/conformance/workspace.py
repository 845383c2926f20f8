# SPDX-License-Identifier: MIT
"""A folder that one run has to itself, so that two runs in the same tree do not meet."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from typing import Iterator

_HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(os.path.dirname(_HERE)), "build", "conformance")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_abandoned(base: str) -> None:
    """What runs that were killed left behind."""
    for name in os.listdir(base):
        found = re.fullmatch(r"run-(\d+)-.*", name)
        if found and not _is_running(int(found.group(1))):
            shutil.rmtree(os.path.join(base, name), ignore_errors=True)


@contextlib.contextmanager
def own_folder(base: str, name: str) -> Iterator[str]:
    """A new folder below `base`, removed at the end."""
    os.makedirs(base, exist_ok=True)
    _remove_abandoned(base)
    folder = os.path.join(base, f"run-{os.getpid()}-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
