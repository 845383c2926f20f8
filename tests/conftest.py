# SPDX-License-Identifier: MIT
"""pytest's view of the tests: Python files as they are, C programs through tests/c_programs.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.c_programs import ProgramFile


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".c" and file_path.name.startswith("test_"):
        return ProgramFile.from_parent(parent, path=file_path)
    return None
