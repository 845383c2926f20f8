# SPDX-License-Identifier: MIT
"""Make this checkout ready for a purpose: system packages, then a Python environment in .venv.

    python3 tools/setup.py run|test|cluster|bench|check|conformance

Runs with the bare `python3` of the machine, so it uses nothing but the standard library. What is
there already is left alone: a second run only looks.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "forkexec-setup.json"
OLDEST_PYTHON = (3, 9)

# The lists in tools/packages and in tools/requirements that each purpose needs.
PACKAGE_LISTS: dict[str, list[str]] = {
    "run": ["build", "run"],
    "test": ["build", "test"],
    "cluster": ["build", "run", "cluster"],
    "bench": ["build", "bench", "rivals"],
    "check": ["build", "test", "bench", "check"],
    "conformance": ["build", "test"],
}
REQUIREMENT_LISTS: dict[str, list[str]] = {
    "run": ["build"],
    "test": ["build", "test"],
    "cluster": ["build", "test", "cluster"],
    "bench": ["build", "bench"],
    "check": ["build", "test", "bench", "check"],
    "conformance": ["build", "test"],
}


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def run(command: list[str]) -> None:
    """Run a command in the project's directory; its failure ends the set-up, and is shown."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        sys.exit(f"set-up: failed: {' '.join(command)}")


def read_list(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def python_packages() -> list[str]:
    """Debian keeps two parts of Python apart, which other builds of it include."""
    missing = []
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        missing.append("python3-venv")
    if not Path(sysconfig.get_paths()["include"], "Python.h").exists():
        missing.append("python3-dev")
    if missing and not Path(sys.base_prefix).samefile("/usr"):
        lacking = {"python3-venv": "venv and ensurepip", "python3-dev": "the C headers"}
        parts = ", ".join(lacking[name] for name in missing)
        sys.exit(f"set-up: {sys.executable} lacks {parts}; put another python3 first on the PATH")
    return missing


def installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    answer = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return answer.stdout == b"installed"


def install_packages(purpose: str) -> None:
    wanted = [
        package
        for name in PACKAGE_LISTS[purpose]
        for package in read_list(ROOT / "tools" / "packages" / f"{name}.txt")
    ]
    if shutil.which("dpkg-query") is None:
        say(f"no dpkg here; make sure that these are installed: {' '.join(wanted)}")
        return
    missing = [package for package in dict.fromkeys(wanted) if not installed(package)]
    missing += python_packages()
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit(f"set-up: missing packages; as root, run: {' '.join(install)}")
    say(f"installing {' '.join(missing)}")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    quiet = ["-qq", "-o", "DPkg::Lock::Timeout=600", "-o", "Dpkg::Use-Pty=0"]
    run(["apt-get", "update", *quiet])
    run([*install, *quiet])
    importlib.invalidate_caches()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def make_environment(purpose: str) -> None:
    """The stamp says which Python the environment is of, and which lists are installed in it."""
    identity = f"{sys.base_prefix} {sys.version}"
    stamp = read_stamp()
    if stamp.get("python") != identity or not (ENVIRONMENT / "bin" / "python").exists():
        say(f"making .venv with Python {sys.version.split()[0]}")
        run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
        stamp = {"python": identity}
    lists = {
        name: ROOT / "tools" / "requirements" / f"{name}.txt" for name in REQUIREMENT_LISTS[purpose]
    }
    stale = {name: path for name, path in lists.items() if stamp.get(name) != digest(path)}
    if stale:
        wanted = [requirement for path in stale.values() for requirement in read_list(path)]
        say(f"installing into .venv: {' '.join(wanted)}")
        pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        run([*pip, "install", "--quiet", *wanted])
    stamp.update({name: digest(path) for name, path in lists.items()})
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in PACKAGE_LISTS:
        sys.exit(f"usage: python3 tools/setup.py {'|'.join(PACKAGE_LISTS)}")
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        sys.exit(f"set-up: {sys.executable} is too old; Python {oldest} or newer is needed")
    install_packages(sys.argv[1])
    make_environment(sys.argv[1])


if __name__ == "__main__":
    main()
