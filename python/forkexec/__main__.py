# SPDX-License-Identifier: MIT
"""python -m forkexec: run a program as python does, its processes started by forkexec."""

from forkexec._cli import main

if __name__ == "__main__":
    # Nothing may follow: the program that runs takes this module's namespace over.
    main()
