# SPDX-License-Identifier: MIT
"""Where an interpreter's tests come from when its own tree lacks them.

Debian packages the tests apart from the interpreter. The package is fetched and unpacked into the
build folder; nothing of the system is changed.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import shutil
import subprocess
from typing import Sequence, Tuple

from . import workspace
from .interpreters import Interpreter


@dataclasses.dataclass(frozen=True)
class Tests:
    """A folder to be laid over the interpreter's own ``test`` folder, or why there is none."""

    overlay: str = ""
    missing: str = ""
    origin: str = ""


def _output(command: Sequence[str], folder: str) -> Tuple[bool, str]:
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        text=True,
    )
    return done.returncode == 0, done.stdout.strip()


def obtain(interpreter: Interpreter, cache: str) -> Tests:
    """The tests of an interpreter: its own, or those of its distribution's package."""
    if interpreter.has_tests:
        return Tests()
    absent = f"its installation has no test-suite ({os.path.basename(interpreter.stdlib)}/test)"
    if interpreter.prefix != "/usr" or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return Tests(missing=absent)
    name = "libpython{}.{}-testsuite".format(*interpreter.minor)
    folder = os.path.join(cache, name)
    overlay = os.path.join(folder, "root", interpreter.stdlib.lstrip("/"), "test")
    if not os.path.isfile(os.path.join(overlay, "test_subprocess.py")):
        with workspace.own_folder(cache, name) as own:
            reason = _fetch(interpreter, name, own)
            if not reason and not os.path.isdir(overlay):
                shutil.rmtree(folder, ignore_errors=True)
                os.rename(own, folder)
        if reason:
            return Tests(missing=f"{absent}, and {reason}")
    packages = glob.glob(os.path.join(folder, "*.deb"))
    return Tests(overlay=overlay, origin=os.path.basename(packages[0]) if packages else name)


def _fetch(interpreter: Interpreter, name: str, folder: str) -> str:
    """Fetch and unpack the package; returns why that failed, or nothing."""
    stdlib = name.replace("-testsuite", "-stdlib")
    known, version = _output(["dpkg-query", "-W", "-f", "${Version}", stdlib], folder)
    if not known:
        return f"{stdlib} is not an installed package"
    # The very same version, or, where the archive no longer has it, another of the same CPython.
    fetched, text = _output(["apt-get", "download", f"{name}={version}"], folder)
    if not fetched:
        fetched, text = _output(["apt-get", "download", name], folder)
    if not fetched:
        return f"apt-get download {name} failed: {text.splitlines()[-1] if text else ''}"
    (package,) = glob.glob(os.path.join(folder, "*.deb"))
    if not os.path.basename(package).startswith(f"{name}_{interpreter.version}-"):
        return f"the archive offers only {os.path.basename(package)}"
    unpacked, text = _output(["dpkg-deb", "-x", package, "root"], folder)
    return "" if unpacked else f"its package cannot be unpacked: {text}"
