# SPDX-License-Identifier: MIT
"""Build what the benchmark is made of in C, and lay out our package for other interpreters."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from bench.settings import BUILD, PACKAGE
from tools.build import ROOT, build_directory

FOLDERS = ["ways", "libraries"]


def meson_options() -> list[str]:
    """Meson has no wildcards: the files of all rivals in C are told to it."""
    bench = ROOT / "bench"
    files = [path for folder in FOLDERS for path in sorted((bench / folder).glob("*.c"))]
    return [f"-Dbench_rivals={','.join(str(path.relative_to(bench)) for path in files)}"]


def build_programs() -> Path:
    options = [*meson_options(), "-Dtests=false", "-Dexamples=false"]
    return build_directory(BUILD.name, options)


def lay_out_package() -> None:
    spec = importlib.util.find_spec("forkexec")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("bench: the package forkexec is not installed; `make bench` does that")
    link = PACKAGE / "forkexec"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(Path(spec.submodule_search_locations[0]).resolve())
