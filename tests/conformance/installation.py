# SPDX-License-Identifier: MIT
"""The package in a copy: where pip would put it, and put in force as by a user of it."""

from __future__ import annotations

import os
import shutil
import subprocess

from .prefixes import Copy, Engine

_NATIVE = "_native.abi3.so"

# The short way of Popen, without its pass_fds.
_BROKEN = """

_make = make


def make(caller, method, engine):
    class Forgetful:
        fork_exec = engine.fork_exec

        @staticmethod
        def popen(popen, given):
            return engine.popen(popen, given[:4] + ((),) + given[5:])

    return _make(caller, method, Forgetful)
"""


def snapshot(package: str, module: str, folder: str) -> str:
    """The package as it is now, with `module` for its engine; returns where it is."""
    target = os.path.join(folder, "package")
    shutil.copytree(package, target, ignore=shutil.ignore_patterns("__pycache__", "_native.*"))
    shutil.copy2(module, os.path.join(target, _NATIVE))
    return target


def add(copy: Copy, package: str) -> None:
    """Install the package, and enable it for every interpreter of the copy."""
    site = _output(copy, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    root = os.path.dirname(os.path.dirname(copy.python))
    if not site.startswith(root + os.sep):
        raise RuntimeError(f"the copy of CPython {copy.interpreter.label} installs into {site}")
    target = os.path.join(site, "forkexec")
    shutil.copytree(package, target)
    if copy.engine is Engine.BROKEN:
        with open(os.path.join(target, "_popen.py"), "a", encoding="utf-8") as file:
            file.write(_BROKEN)
    if copy.engine is not Engine.IDLE:
        _output(copy, "-m", "forkexec", "--enable")


def _output(copy: Copy, *arguments: str) -> str:
    done = subprocess.run(
        [copy.python, "-I", *arguments],
        env={**os.environ, **copy.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"CPython {copy.interpreter.label}: {done.stdout.strip()}")
    return done.stdout.strip()
