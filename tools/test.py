# SPDX-License-Identifier: MIT
"""Build every world and run all tests; the last line is `N passed, N failed`.

    python -m tools.test [PYTEST-ARGUMENT ...]

Arguments go to pytest: a file, a folder, `-k NAME`, `-x`.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.worlds import BUILDS
from tools.build import environment
from tools.report import QUIET, Report


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
        status = int(pytest.main([*QUIET, *sys.argv[1:]], plugins=[report]))
    print(tally_line(report, status), flush=True)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
