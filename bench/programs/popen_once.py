# SPDX-License-Identifier: MIT
"""Start one program, to be looked at from outside.

popen_once.py stock|forkexec plain|pass_fds PROGRAM
"""

import os
import subprocess
import sys


def main() -> None:
    engine, case, program = sys.argv[1:]
    if engine == "forkexec":
        import forkexec

        forkexec.install()
    os.closerange(3, 256)
    if case == "pass_fds":
        os.dup2(os.open(os.devnull, os.O_RDONLY), 3)
        status = subprocess.Popen([program], pass_fds=(3,)).wait()
    else:
        status = subprocess.Popen([program]).wait()
    sys.exit(status)


main()
