# SPDX-License-Identifier: MIT
"""subprocess.Popen and wait, the stock engine and ours in one process."""

import platform
import subprocess

import forkexec
from bench.programs.serving import Way, serve


def start(program: str) -> int:
    return subprocess.Popen([program]).wait()


version = platform.python_version()
ways = {
    f"Popen {version}": Way(start, forkexec.uninstall),
    f"Popen {version}, forkexec": Way(start, forkexec.install),
}
serve(f"CPython {version}", ways)
