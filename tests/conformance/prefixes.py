# SPDX-License-Identifier: MIT
"""Copies of an interpreter's prefix, each with one engine in it.

A copy is made of hard links, so it costs little; the files that differ are removed from the copy
and written anew, never written through a link. Where linking is not possible (another file system)
files are copied.
"""

from __future__ import annotations

import dataclasses
import enum
import glob
import hashlib
import os
import re
import shutil
from typing import Dict, Tuple

from .interpreters import Interpreter
from .suites import REPAIRS


class Engine(enum.Enum):
    STOCK = "stock"
    OURS = "ours"
    BROKEN = "broken"
    """One that forgets pass_fds: the control of the comparison."""
    IDLE = "idle"
    """A package that is installed but not enabled: the control of the canary."""


class Variant(enum.Enum):
    DEFAULT = "default"
    NO_POSIX_SPAWN = "no-posix-spawn"
    """subprocess._USE_POSIX_SPAWN = False, so that every process goes through fork_exec."""
    INSTALLED = "installed"
    """CPython's own module stays, and install() is in force in every interpreter of the copy."""

    @property
    def stock(self) -> Variant:
        """The variant whose stock run this one is judged against."""
        return Variant.DEFAULT if self is Variant.INSTALLED else self


_BROKEN = """\
import _posixsubprocess

_fork_exec = _posixsubprocess.fork_exec


def fork_exec(*arguments):
    arguments = list(arguments)
    arguments[3] = (arguments[13],)
    return _fork_exec(*arguments)


_posixsubprocess.fork_exec = fork_exec
"""

# A built-in module wins over a file of the same name, so it has to be there before anyone asks.
_SEED = """\
import importlib.machinery
import importlib.util
import sys

_loader = importlib.machinery.ExtensionFileLoader("_posixsubprocess", {path!r})
_spec = importlib.util.spec_from_file_location("_posixsubprocess", {path!r}, loader=_loader)
_module = importlib.util.module_from_spec(_spec)
_loader.exec_module(_module)
sys.modules["_posixsubprocess"] = _module
"""

# As our copy has it imported from the start, the stock copy beside it has too.
_SEED_STOCK = "import _posixsubprocess\n"


@dataclasses.dataclass(frozen=True)
class Copy:
    interpreter: Interpreter
    engine: Engine
    variant: Variant
    python: str
    tests: str
    """Its ``test`` folder."""
    environment: Dict[str, str]
    engine_hash: str
    """SHA-256 of the file of the engine in it; empty where that is built in or installed."""

    @property
    def name(self) -> str:
        variant = "" if self.variant is Variant.DEFAULT else f" {self.variant.value}"
        return self.engine.value + variant


def file_hash(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def fingerprint(interpreter: Interpreter) -> str:
    """Sizes and times of the files that copies are linked to: tests must not have changed them."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(interpreter.stdlib):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            status = os.lstat(os.path.join(folder, name))
            digest.update(f"{folder}/{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


# What is installed beside the standard library is no part of what is judged. Caches are linked,
# though their folders gain files: Python replaces a cache, it never writes into one.
_LEFT_OUT = ("site-packages", "dist-packages", "__pycache__")
_NOT_LINKED = ("site-packages", "dist-packages")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _link_symlink(source: str, target: str, top: str) -> None:
    """A link that leads out of the tree keeps leading to the same file."""
    goal = os.readlink(source)
    resolved = os.path.normpath(os.path.join(os.path.dirname(source), goal))
    inside = not os.path.isabs(goal) and resolved.startswith(top + os.sep)
    os.symlink(goal if inside else resolved, target)


def _link_tree(source: str, target: str, top: str) -> None:
    os.makedirs(target, exist_ok=True)
    with os.scandir(source) as entries:
        for entry in entries:
            goal = os.path.join(target, entry.name)
            if entry.is_symlink():
                _link_symlink(entry.path, goal, top)
            elif entry.is_dir():
                if entry.name not in _NOT_LINKED:
                    _link_tree(entry.path, goal, top)
            elif entry.is_file():
                _link(entry.path, goal)


def _replace(path: str, text: str) -> None:
    """Write a file of the copy anew, so that what it was linked to stays as it is."""
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _link_programs(interpreter: Interpreter, root: str) -> str:
    """The interpreter's own names in bin; returns the path of the executable."""
    source = os.path.dirname(interpreter.executable)
    target = os.path.join(root, "bin")
    os.makedirs(target)
    name = os.path.basename(interpreter.executable)
    _link(interpreter.executable, os.path.join(target, name))
    for alias in ("python", "python3", "python{}.{}".format(*interpreter.minor)):
        path = os.path.join(target, alias)
        if os.path.exists(os.path.join(source, alias)) and not os.path.lexists(path):
            os.symlink(name, path)
    return os.path.join(target, name)


def _link_libraries(interpreter: Interpreter, root: str) -> Dict[str, str]:
    """The shared libpython: children with another user id may not reach the original's folder."""
    found = glob.glob(os.path.join(interpreter.prefix, "lib", "libpython*.so*"))
    for path in found:
        target = os.path.join(root, "lib", os.path.basename(path))
        if os.path.islink(path):
            _link_symlink(path, target, os.path.dirname(path))
        else:
            _link(path, target)
    return {"LD_LIBRARY_PATH": os.path.join(root, "lib")} if found else {}


def _place_engine(interpreter: Interpreter, engine: Engine, module: str, stdlib: str) -> str:
    """Put the engine in its place; returns the hash of its file."""
    start = os.path.join(stdlib, "sitecustomize.py")
    source = module if engine is Engine.OURS else interpreter.engine
    if interpreter.engine is not None:
        assert source is not None
        target = os.path.join(stdlib, "lib-dynload", os.path.basename(interpreter.engine))
        os.unlink(target)
        shutil.copy2(source, target)
    elif engine is Engine.OURS:
        target = os.path.join(stdlib, "lib-dynload", "_posixsubprocess.abi3.so")
        shutil.copy2(module, target)
        _replace(start, _SEED.format(path=target))
    else:
        _replace(start, _SEED_STOCK)
    if engine is Engine.BROKEN:
        _replace(start, _BROKEN)
    return file_hash(source) if source is not None else ""


def _switch_posix_spawn_off(stdlib: str) -> None:
    """In the file itself, so that it holds for every child too, however it was started."""
    path = os.path.join(stdlib, "subprocess.py")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text, count = re.subn(
        r"^_USE_POSIX_SPAWN = .*$", "_USE_POSIX_SPAWN = False", text, flags=re.MULTILINE
    )
    if count != 1:
        raise RuntimeError(f"{path} sets _USE_POSIX_SPAWN {count} times, not once")
    _replace(path, text)


def make_copy(
    interpreter: Interpreter,
    engine: Engine,
    variant: Variant,
    module: str,
    root: str,
    overlay: str = "",
) -> Copy:
    """Copy the prefix of an interpreter to the folder `root` (made anew) with one engine in it."""
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "lib"))
    stdlib = os.path.join(root, "lib", os.path.basename(interpreter.stdlib))
    _link_tree(interpreter.stdlib, stdlib, interpreter.stdlib)
    # Without this folder site.py leaves out what belongs to it.
    os.makedirs(os.path.join(stdlib, "site-packages"), exist_ok=True)
    if overlay:
        _lay_over(overlay, os.path.join(stdlib, "test"))
    python = _link_programs(interpreter, root)
    environment = _link_libraries(interpreter, root)
    engine_hash = ""
    if variant is not Variant.INSTALLED:
        engine_hash = _place_engine(interpreter, engine, module, stdlib)
    if variant is Variant.NO_POSIX_SPAWN:
        _switch_posix_spawn_off(stdlib)
    tests = os.path.join(stdlib, "test")
    _repair_tests(tests)
    return Copy(interpreter, engine, variant, python, tests, environment, engine_hash)


def _repair_tests(folder: str) -> None:
    for repair in REPAIRS:
        path = os.path.join(folder, repair.file)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if repair.old in text:
            _replace(path, text.replace(repair.old, repair.new))


def _lay_over(overlay: str, target: str) -> None:
    for folder, _, names in os.walk(overlay):
        goal = os.path.normpath(os.path.join(target, os.path.relpath(folder, overlay)))
        os.makedirs(goal, exist_ok=True)
        for name in names:
            path = os.path.join(goal, name)
            if not os.path.lexists(path):
                _link(os.path.join(folder, name), path)


def add_tests(copy: Copy, relative: str, text: str = "", source: str = "") -> None:
    """Give a copy a test that its tree lacks: `text`, or a file or folder of another tree."""
    target = os.path.join(copy.tests, relative)
    if text:
        _replace(target + ".py", text)
    elif os.path.isdir(source):
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    else:
        shutil.copy2(source + ".py", target + ".py")


def variants(interpreter: Interpreter) -> Tuple[Variant, ...]:
    """Where a plain Popen passes the engine by, once so that it does not."""
    if interpreter.posix_spawn_default:
        return (Variant.DEFAULT, Variant.NO_POSIX_SPAWN, Variant.INSTALLED)
    return (Variant.DEFAULT, Variant.INSTALLED)
