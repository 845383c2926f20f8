# SPDX-License-Identifier: MIT
"""Build every world and run all tests; the last line is `N passed, N failed`.

    python -m tools.test [--cluster] [PYTEST-ARGUMENT ...]

Arguments go to pytest: a file, a folder, `-k NAME`, `-x`. --cluster: the tests on schedulers of
many machines, which are no part of all tests, as they start daemons and listen on ports.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable

import pytest

from tests.worlds import BUILDS
from tools.build import environment
from tools.report import QUIET, Report

# rt_sigaction(2), and libc's internal signals, which libc itself refuses to set.
SIGACTION = {"x86_64": 13, "aarch64": 134, "riscv64": 134, "s390x": 174}
INTERNAL_SIGNALS = (32, 33, 34)

CLUSTER_FOLDER = "tests/cluster"
CLUSTER_PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch")


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


def lacking_for_cluster() -> str | None:
    """What the one-node Slurm needs and this machine does not have."""
    missing = [name for name in CLUSTER_PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} here: what Debian has in slurm-wlm and munge"
    if os.geteuid() != 0:
        return "not root, and slurmd starts jobs as root only"
    return None


def run_tests(builds: Iterable[str], arguments: list[str], report: Report) -> int:
    built = subprocess.run([sys.executable, "-m", "tools.build", *builds, "package"], check=False)
    if built.returncode != 0:
        return built.returncode
    os.environ.update(environment())
    restore_internal_signals()
    return int(pytest.main([*QUIET, *arguments], plugins=[report]))


def run_cluster_tests(arguments: list[str], report: Report) -> int:
    lacking = lacking_for_cluster()
    if lacking is not None:
        print(f"test-cluster: {lacking}", flush=True)
        return 1
    return run_tests(["default"], [CLUSTER_FOLDER, *arguments], report)


def main() -> int:
    report = Report()
    if sys.argv[1:2] == ["--cluster"]:
        status = run_cluster_tests(sys.argv[2:], report)
    else:
        status = run_tests(BUILDS, sys.argv[1:], report)
    print(tally_line(report, status), flush=True)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
