# SPDX-License-Identifier: MIT
"""pytest's view of the tests: Python files as they are, C programs through tests/c_programs.py."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.c_programs import ProgramFile

CLUSTER = Path(__file__).parent / "cluster"


def pytest_configure(config: pytest.Config) -> None:
    """Jobs in the background and nohup(1) have these ignored, and what is tested inherits that."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What starts the daemons of a cluster is collected only where it is asked for by name."""
    if collection_path != CLUSTER:
        return None
    named = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return not any(path == CLUSTER or CLUSTER in path.parents for path in named)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".c" and file_path.name.startswith("test_"):
        return ProgramFile.from_parent(parent, path=file_path)
    return None
