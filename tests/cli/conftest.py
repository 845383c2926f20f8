# SPDX-License-Identifier: MIT
"""What tests of the launcher share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """For all examples of a property, which may leave what they like there."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
