# SPDX-License-Identifier: MIT
"""Build every world and run all tests; the last line is `N passed, N failed`.

    python -m tools.test [PYTEST-ARGUMENT ...]

Arguments go to pytest: a file, a folder, `-k NAME`, `-x`.
"""

import os
import subprocess
import sys

import pytest

from tests.worlds import BUILDS
from tools.build import environment
from tools.report import ReportPlugin


def tally_line(plugin: ReportPlugin, status: int) -> str:
    """A run that could not be carried out (bad argument, nothing collected) is a failure too."""
    passed, failed, skipped = plugin.reporter.tally() if plugin.reporter else (0, 0, 0)
    if status != 0 and failed == 0:
        failed = 1
    line = f"{passed} passed, {failed} failed"
    return f"{line}, {skipped} skipped" if skipped else line


def main() -> int:
    plugin = ReportPlugin()
    built = subprocess.run([sys.executable, "-m", "tools.build", *BUILDS, "package"], check=False)
    status = built.returncode
    if status == 0:
        os.environ.update(environment())
        status = int(pytest.main(sys.argv[1:], plugins=[plugin]))
    print(tally_line(plugin, status), flush=True)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
