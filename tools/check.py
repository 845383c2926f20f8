# SPDX-License-Identifier: MIT
"""Everything that is checked without running the library: format, lint, types, what the child
calls, both compilers, other systems.

    python -m tools.check [--fix]

All checks are made, whatever fails. --fix rewrites the sources in the project's format instead.
"""

from __future__ import annotations

import subprocess
import sys

from bench.build import meson_options
from tools.build import ROOT, build_directory, environment

C_FOLDERS = ["include", "src", "cli", "python", "tests", "examples", "bench"]
PYTHON_FOLDERS = ["python", "tools", "tests", "examples", "bench"]
COMPILERS = ["gcc", "clang"]


def c_sources() -> list[str]:
    files = [path for name in C_FOLDERS for path in (ROOT / name).rglob("*.[ch]")]
    return sorted(str(path.relative_to(ROOT)) for path in files)


def python_folders() -> list[str]:
    return [name for name in PYTHON_FOLDERS if any((ROOT / name).rglob("*.py"))]


class Checks:
    """Runs one check after the other, and remembers which failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def run(self, name: str, command: list[str]) -> None:
        print(f"{name:28}", end="", flush=True)
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        print("ok" if done.returncode == 0 else "FAILED", flush=True)
        if done.returncode != 0:
            self.failed.append(name)
            sys.stdout.buffer.write(done.stdout)
            sys.stdout.flush()

    def build(self, compiler: str) -> None:
        """All that there is to compile."""
        name = f"build with {compiler}"
        try:
            directory = build_directory(
                f"check-{compiler}", ["-Dpython=true", *meson_options()], compiler
            )
        except SystemExit as failure:
            print(f"{name:28}FAILED\n{failure}", flush=True)
            self.failed.append(name)
            return
        print(f"{name:28}ok", flush=True)
        self.python(f"child's code, {compiler}", "-m", "tools.check_child", str(directory))

    def python(self, name: str, *arguments: str) -> None:
        self.run(name, [sys.executable, *arguments])


def fix() -> None:
    folders = python_folders()
    for command in (
        ["clang-format", "-i", *c_sources()],
        [sys.executable, "-m", "ruff", "check", "--fix", *folders],
        [sys.executable, "-m", "ruff", "format", *folders],
    ):
        subprocess.run(command, cwd=ROOT, check=False)


def main() -> int:
    if sys.argv[1:] == ["--fix"]:
        fix()
        return 0
    checks = Checks()
    folders = python_folders()
    checks.run("format of C", ["clang-format", "--dry-run", "-Werror", *c_sources()])
    checks.python("format of Python", "-m", "ruff", "format", "--check", *folders)
    checks.python("lint", "-m", "ruff", "check", *folders)
    checks.python("types", "-m", "mypy", *folders)
    for compiler in COMPILERS:
        checks.build(compiler)
    checks.python("other systems", "-m", "tools.cross_compile")
    print(f"failed: {', '.join(checks.failed)}" if checks.failed else "all checks passed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
