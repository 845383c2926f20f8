# SPDX-License-Identifier: MIT
"""Build: the Meson directories under build/, and the Python package into .venv.

    python -m tools.build default sanitize posix package

What is up to date is left alone. Nothing is printed but one line for each thing built, and the
whole output of what failed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Meson directories by name, with the options that make them what they are.
DIRECTORIES: dict[str, list[str]] = {
    "default": [],
    "sanitize": ["-Db_sanitize=address,undefined", "-Db_lundef=false"],
    "posix": ["-Dplatform=posix"],
}
PACKAGE_SOURCES = [
    "include",
    "src",
    "python",
    "meson.build",
    "meson.options",
    "pyproject.toml",
    "README.md",
    "LICENSE",
]


def environment() -> dict[str, str]:
    """Our environment's Meson, Ninja and Python come before those of the machine."""
    variables = dict(os.environ)
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return variables


def run(command: list[str], **variables: str) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**environment(), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.flush()
        sys.exit(f"build: failed: {' '.join(command)}")


def meson_version() -> str:
    command = [sys.executable, "-m", "mesonbuild.mesonmain", "--version"]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def build_directory(name: str, options: list[str], compiler: str = "cc") -> Path:
    """Configure if need be, then compile. Other options, or another Meson: from the beginning."""
    directory = ROOT / "build" / name
    stamp = directory / "forkexec-options"
    wanted = " ".join([meson_version(), compiler, *options])
    print(f"building build/{name}", flush=True)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(directory, ignore_errors=True)
        meson = [sys.executable, "-m", "mesonbuild.mesonmain"]
        run([*meson, "setup", *options, str(directory), str(ROOT)], CC=compiler)
        stamp.write_text(wanted, encoding="utf-8")
    run([sys.executable, "-m", "ninja", "--quiet", "-C", str(directory)])
    return directory


def sources_digest() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in PACKAGE_SOURCES:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def install_package() -> None:
    """Install from the sources into the environment of this interpreter, if they changed."""
    stamp = Path(sys.prefix) / "forkexec-package"
    wanted = sources_digest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("installing the package forkexec into .venv", flush=True)
    directory = ROOT / "build" / "python"
    options = directory / "forkexec-options"
    # Meson takes no new option for a directory that was made without it.
    known = "".join((ROOT / name).read_text() for name in ("meson.options", "pyproject.toml"))
    same = options.exists() and options.read_text(encoding="utf-8") == known
    if stamp.exists() and same:
        stamp.unlink()
    else:
        # Another environment's directory would remember that one's Python and Meson.
        shutil.rmtree(directory, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    local = ["--no-build-isolation", "--no-deps", "--force-reinstall"]
    run([*pip, *local, f"--config-settings=build-dir={directory}", "."])
    options.write_text(known, encoding="utf-8")
    stamp.write_text(wanted, encoding="utf-8")


def main() -> None:
    names = sys.argv[1:]
    unknown = [name for name in names if name not in DIRECTORIES and name != "package"]
    if unknown or not names:
        sys.exit(f"usage: python -m tools.build {'|'.join(DIRECTORIES)}|package ...")
    for name in names:
        if name == "package":
            install_package()
        else:
            build_directory(name, DIRECTORIES[name])


if __name__ == "__main__":
    main()
