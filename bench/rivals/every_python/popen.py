# SPDX-License-Identifier: MIT
"""subprocess.Popen and wait, the stock engine and ours in one process."""

import subprocess
import sys

import forkexec
from bench.programs.serving import Way, serve


def start(program: str) -> int:
    return subprocess.Popen([program]).wait()


label = sys.argv[1]
ways = {
    f"Popen {label}": Way(start, forkexec.uninstall),
    f"Popen {label}, forkexec": Way(start, forkexec.install),
}
serve(f"CPython {label}", ways)
