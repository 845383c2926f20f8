# SPDX-License-Identifier: MIT
"""What the tests of forkexec.run share."""

import os
from typing import Any, Iterator

import forkexec
import pytest

from tests.python.run_cases import open_descriptors


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No descriptor, no child, no zombie."""
    before = open_descriptors()
    yield
    assert open_descriptors() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def runs(pid: int) -> bool:
    """Whoever inherits a dead one may let it lie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def shell(script: str, **keywords: Any) -> forkexec.Result:
    return forkexec.run(["sh", "-c", script], **keywords)
