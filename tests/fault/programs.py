# SPDX-License-Identifier: MIT
"""Where the programs of these tests are."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / os.environ.get("FORKEXEC_TEST_BUILD", "default")
PROGRAMS = BUILD / "tests" / "programs"
C_TESTS = BUILD / "tests" / "c"


def fault_program(name: str) -> str:
    path = BUILD / "tests" / "fault" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built: it needs libseccomp-dev")
    return str(path)
