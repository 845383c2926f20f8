# SPDX-License-Identifier: MIT
"""Compile and link the library, its tests and examples for systems that are not this one.

    python -m tools.cross_compile [TARGET ...]

Zig's C compiler brings the headers and link libraries of each system with it; the first use of a
target builds its C library, which takes up to a minute. Warnings are errors. The tests are linked
with a stub of cmocka that has its functions and does nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.build import ROOT, environment

CROSS = ROOT / "build" / "cross"
CMOCKA_STUB = ROOT / "tools" / "cross" / "cmocka_stub.c"
CMOCKA_HEADER = Path("/usr/include/cmocka.h")
ZIG = [sys.executable, "-m", "ziglang"]


@dataclass(frozen=True)
class Target:
    """Zig's name of a target, and Meson's words for it."""

    zig: str
    system: str
    family: str
    endian: str = "little"


TARGETS = {
    "macos-aarch64": Target("aarch64-macos", "darwin", "aarch64"),
    "macos-x86_64": Target("x86_64-macos", "darwin", "x86_64"),
    "freebsd-x86_64": Target("x86_64-freebsd", "freebsd", "x86_64"),
    # Zig's NetBSD headers are those of version 11; its default libc is older and lacks kevent().
    "netbsd-x86_64": Target("x86_64-netbsd.11.0", "netbsd", "x86_64"),
    "openbsd-x86_64": Target("x86_64-openbsd", "openbsd", "x86_64"),
    "linux-musl-aarch64": Target("aarch64-linux-musl", "linux", "aarch64"),
    "linux-musl-riscv64": Target("riscv64-linux-musl", "linux", "riscv64"),
    "linux-glibc-s390x": Target("s390x-linux-gnu", "linux", "s390x", "big"),
    # 32 bits: other numbers of calls for user ids, and other layouts of time.
    "linux-musl-arm": Target("arm-linux-musleabihf", "linux", "arm"),
    "linux-musl-x86": Target("x86-linux-musl", "linux", "x86"),
}


class CompilationError(Exception):
    """A command failed; its output is the message."""


def run(command: list[str]) -> str:
    """Run in build/cross: asking a compiler for its version can leave files where one stands."""
    variables = environment()
    variables["ZIG_GLOBAL_CACHE_DIR"] = variables["ZIG_LOCAL_CACHE_DIR"] = str(CROSS / "zig-cache")
    done = subprocess.run(
        command,
        cwd=CROSS,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CompilationError(done.stdout)
    return done.stdout


def write_if_changed(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def make_cmocka(target: Target, folder: Path) -> bool:
    """cmocka's own header, the stub as a library, and what tells Meson; whether that is new."""
    include = folder / "include"
    include.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CMOCKA_HEADER, include / "cmocka.h")
    stub = folder / "cmocka_stub.o"
    warnings = ["-std=c11", "-Wall", "-Werror"]
    compiler = [*ZIG, "cc", "-target", target.zig, *warnings]
    compiler += [f"-I{include}", "-D_UINTPTR_T_DEFINED"]
    run([*compiler, "-c", str(CMOCKA_STUB), "-o", str(stub)])
    (folder / "libcmocka.a").unlink(missing_ok=True)
    run([*ZIG, "ar", "rcs", str(folder / "libcmocka.a"), str(stub)])
    description = (
        "Name: cmocka\nDescription: stub, to link the tests\nVersion: 1.1.5\n"
        # Its header defines uintptr_t once more where it does not know the C library.
        f"Cflags: -isystem {include} -D_UINTPTR_T_DEFINED\nLibs: -L{folder} -lcmocka\n"
    )
    return write_if_changed(folder / "cmocka.pc", description)


def cross_file(target: Target, cmocka: Path) -> str:
    compiler = [*ZIG, "cc", "-target", target.zig]
    return f"""[binaries]
c = {compiler}
ar = {[*ZIG, "ar"]}
pkg-config = 'pkg-config'

[properties]
pkg_config_libdir = '{cmocka}'

[host_machine]
system = '{target.system}'
cpu_family = '{target.family}'
cpu = '{target.family}'
endian = '{target.endian}'
"""


def compile_for(name: str, target: Target) -> int:
    """Build everything for one target; the number of programs and libraries linked."""
    folder = CROSS / name
    machine, build = folder / "machine.ini", folder / "build"
    new_library = make_cmocka(target, folder / "cmocka")
    new_machine = write_if_changed(machine, cross_file(target, folder / "cmocka"))
    if new_library or new_machine or not (build / "build.ninja").exists():
        shutil.rmtree(build, ignore_errors=True)
        meson = [sys.executable, "-m", "mesonbuild.mesonmain", "setup"]
        run([*meson, "--cross-file", str(machine), str(build), str(ROOT)])
    run([sys.executable, "-m", "ninja", "--quiet", "-k", "0", "-C", str(build)])
    listing = run([sys.executable, "-m", "ninja", "-C", str(build), "-t", "targets", "all"])
    return sum(line.endswith(("_LINKER", "_LINKER_RSP")) for line in listing.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    names = parser.parse_args().targets or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    if not CMOCKA_HEADER.exists():
        sys.exit(f"{CMOCKA_HEADER} is missing: it comes with libcmocka-dev")
    width = max(map(len, names))
    CROSS.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in names:
        if sys.stdout.isatty():
            print(f"{name:{width}}  ...", end="\r", flush=True)
        try:
            linked = compile_for(name, TARGETS[name])
        except CompilationError as error:
            failed.append(name)
            print(f"{name:{width}}  FAILED\n{error}", flush=True)
        else:
            print(f"{name:{width}}  ok, {linked} programs and libraries linked", flush=True)
    print(f"cross-compiled: {len(names) - len(failed)} targets, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
