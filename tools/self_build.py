# SPDX-License-Identifier: MIT
"""The main job: Meson, unchanged, configures, compiles and tests this project, several times.

    python -m forkexec --stats -m tools.self_build

Everything happens in this one process, so that one table counts every process that Meson starts: a
compiler for each of its questions while it configures, then Ninja, then the tests.
"""

from __future__ import annotations

import os
import shutil
import sys

from mesonbuild import mesonmain

from tools.build import DIRECTORIES, ROOT, environment

FOLDER = ROOT / "build" / "run"
OPTIONS: dict[str, list[str]] = {
    **DIRECTORIES,
    "small": ["-Dbuildtype=minsize", "-Dc_std=gnu11"],
    "release": ["-Dbuildtype=release", "-Db_lto=true"],
}


def meson(*arguments: str) -> None:
    """As `meson ARGUMENTS` does, but here. What Meson prints is for its log, not for the reader."""
    log = FOLDER / "log.txt"
    sys.stdout.flush()
    kept = os.dup(1)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
    try:
        status = mesonmain.run(list(arguments), mesonmain.__file__)
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
    if status:
        print("\n" + log.read_text(encoding="utf-8", errors="replace")[-4000:], flush=True)
        sys.exit(f"meson {' '.join(arguments)}: exit status {status}")


def main() -> None:
    os.environ.update(environment())
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, options in OPTIONS.items():
        directory = str(FOLDER / name)
        print(f"meson: {name}: configure", end="", flush=True)
        meson("setup", *options, directory, str(ROOT))
        print(", compile", end="", flush=True)
        meson("compile", "-C", directory)
        print(", test", flush=True)
        meson("test", "-C", directory, "--no-rebuild")


if __name__ == "__main__":
    main()
