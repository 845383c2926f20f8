# SPDX-License-Identifier: MIT
"""subprocess.Popen and wait, the stock engine and ours in one process.

Up to 3.9 the stock engine forks: all memory is copied on the next write, and whatever runs after it
in the same process would pay for that.
"""

import subprocess
import sys

import forkexec

from bench.programs.serving import Way, serve


def start(program: str) -> int:
    return subprocess.Popen([program]).wait()


label = sys.argv[1]
ways = {
    f"Popen {label}": Way(start, forkexec.uninstall, apart=sys.version_info < (3, 10)),
    f"Popen {label}, forkexec": Way(start, forkexec.install),
}
serve(f"CPython {label}", ways)
