# SPDX-License-Identifier: MIT
"""How a rival's source, by its suffix, becomes a driver.

A new rival in one of these languages is one file in bench/rivals/; a new language is one function
here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.driver import Program
from bench.settings import BINARIES, BUILD, python_variables
from tests.conformance.interpreters import Interpreter
from tools.build import ROOT

OUTPUT = BUILD / "rivals"


def compile_stale(command: list[str], sources: Sequence[Path], output: Path, **more: str) -> None:
    newest = max(source.stat().st_mtime for source in sources)
    if output.exists() and output.stat().st_mtime > newest:
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"bench: failed: {' '.join(command)}\n{done.stderr}")


def rust(source: Path, compiler: str) -> Program:
    output = OUTPUT / source.stem
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    options = ["--edition", "2021", "-C", "opt-level=3", "-o", str(output)]
    # Of "rustc 1.63.0 (4b91a6ea7 2022-08-08)", the driver tells the first two words.
    words = " ".join(version.stdout.split()[:2])
    compile_stale([compiler, *options, str(source)], [source], output, COMPILER_VERSION=words)
    return Program(source.stem, "Rust", [str(output)])


def go(source: Path, compiler: str) -> Program:
    """With cgo, which makes it a dynamic program: a static one takes no ballast."""
    output = OUTPUT / source.stem
    variables = {
        "CGO_ENABLED": "1",
        "GO111MODULE": "off",
        "GOCACHE": str(BUILD / "go"),
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
    }
    compile_stale(
        [compiler, "build", "-o", str(output), str(source)], [source], output, **variables
    )
    return Program(source.stem, "Go", [str(output)])


def java(source: Path, compiler: str) -> Program:
    output = OUTPUT / "java" / f"{source.stem}.class"
    sources = sorted(source.parent.glob("*.java"))
    command = [compiler, "-d", str(output.parent), *map(str, sources)]
    compile_stale(command, sources, output)
    start = ["java", "-cp", str(output.parent), source.stem]
    return Program(source.stem, "Java", [shutil.which("java") or "java", *start[1:]])


COMPILERS: dict[str, tuple[str, Callable[[Path, str], Program]]] = {
    ".go": ("go", go),
    ".java": ("javac", java),
    ".rs": ("rustc", rust),
}


def python(source: Path, executable: str, label: str) -> Program:
    command = [executable, str(source), label]
    return Program(f"{source.stem} {label}", "Python", command, variables=python_variables())


def find_programs(interpreters: Sequence[Interpreter]) -> list[Program]:
    """Every driver, the one with this library first."""
    rivals = ROOT / "bench" / "rivals"
    found = [Program("driver", "C", [str(BINARIES / "bench_driver")], preload=False, early=True)]
    for source in sorted((ROOT / "bench" / "libraries").glob("*.c")):
        output = BINARIES / f"bench_{source.stem}"
        if output.exists():
            found.append(Program(source.stem, "C", [str(output)], preload=False))
        else:
            print(f"bench: left out, as its library is not installed: {source.name}")
    for source in sorted(rivals.iterdir()):
        if source.suffix not in COMPILERS:
            continue
        name, make = COMPILERS[source.suffix]
        compiler = shutil.which(name)
        if compiler is None:
            print(f"bench: left out, as there is no {name}: {source.name}")
        else:
            found.append(make(source, compiler))
    for source in sorted((rivals / "every_python").glob("*.py")):
        found += [python(source, each.executable, each.label) for each in interpreters]
    for source in sorted((rivals / "this_python").glob("*.py")):
        found.append(python(source, sys.executable, "of the benchmark"))
    return found
