# SPDX-License-Identifier: MIT
"""Build every world and run all tests; the last line is `N passed, N failed`.

    python -m tools.test [PYTEST-ARGUMENT ...]

Arguments go to pytest: a file, a folder, `-k NAME`, `-x`.
"""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys

import pytest

from tests.worlds import BUILDS
from tools.build import environment
from tools.report import QUIET, Report

# rt_sigaction(2), and libc's internal signals, which libc itself refuses to set.
SIGACTION = {"x86_64": 13, "aarch64": 134, "riscv64": 134, "s390x": 174}
INTERNAL_SIGNALS = (32, 33, 34)


def restore_internal_signals() -> None:
    """What glibc's posix_spawn starts, as make does, is born with libc's internal signals ignored,
    and passes that on. An emulator can neither see nor change it as its host can."""
    number = SIGACTION.get(platform.machine())
    if sys.platform == "linux" and number is not None:
        default = ctypes.create_string_buffer(64)
        for signal in INTERNAL_SIGNALS:
            ctypes.CDLL(None).syscall(number, signal, default, None, ctypes.c_size_t(8))


def tally_line(report: Report, status: int) -> str:
    """A run that could not be carried out (bad argument, nothing collected) is a failure too."""
    passed, failed, skipped = report.tally()
    if status != 0 and failed == 0:
        failed = 1
    line = f"{passed} passed, {failed} failed"
    return f"{line}, {skipped} skipped" if skipped else line


def main() -> int:
    report = Report()
    built = subprocess.run([sys.executable, "-m", "tools.build", *BUILDS, "package"], check=False)
    status = built.returncode
    if status == 0:
        os.environ.update(environment())
        restore_internal_signals()
        status = int(pytest.main([*QUIET, *sys.argv[1:]], plugins=[report]))
    print(tally_line(report, status), flush=True)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
