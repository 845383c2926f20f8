# SPDX-License-Identifier: MIT
"""Find every CPython 3.8 or newer: pyenv's versions and ``python3.X`` on the PATH."""

from __future__ import annotations

import dataclasses
import glob
import json
import os
import re
import subprocess
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

OLDEST = (3, 8)

# Isolated, so that what is reported is the interpreter's own and not this process's environment.
_PROBE = """
import importlib.util, json, os, platform, sys, sysconfig
spec = importlib.util.find_spec("_posixsubprocess")
stdlib = os.path.dirname(os.path.realpath(os.__file__))
print(json.dumps({
    "implementation": platform.python_implementation(),
    "version": platform.python_version(),
    "minor": list(sys.version_info[:2]),
    "prefix": os.path.realpath(sys.base_prefix),
    "executable": os.path.realpath(getattr(sys, "_base_executable", sys.executable)),
    "stdlib": stdlib,
    "engine": spec and spec.origin,
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "posix_spawn_default": os.path.exists(os.path.join(stdlib, "subprocess.py"))
        and "_HAVE_POSIX_SPAWN_CLOSEFROM" in open(os.path.join(stdlib, "subprocess.py")).read(),
}))
"""


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """One CPython, as its prefix has it."""

    label: str
    """Its version, and a number where two prefixes hold the same version."""
    version: str
    minor: Tuple[int, int]
    prefix: str
    executable: str
    stdlib: str
    engine: Optional[str]
    """The file of its own ``_posixsubprocess``; None where that is built in."""
    free_threaded: bool
    posix_spawn_default: bool
    """Whether a plain Popen goes through os.posix_spawn, past the engine (3.13)."""

    @property
    def has_tests(self) -> bool:
        return os.path.isfile(os.path.join(self.stdlib, "test", "test_subprocess.py"))


def _candidates() -> Iterator[str]:
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    yield from sorted(glob.glob(os.path.join(root, "versions", "*", "bin", "python3.[0-9]*")))
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield from sorted(glob.glob(os.path.join(folder or ".", "python3.[0-9]*")))


def _probe(executable: str) -> Optional[Dict[str, object]]:
    """What an interpreter says of itself; None for what is no working interpreter."""
    try:
        answer = subprocess.run(
            [executable, "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        return dict(json.loads(answer.stdout)) if answer.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def find(versions: Sequence[str] = ()) -> List[Interpreter]:
    """All interpreters, oldest first; `versions` ("3.13", "3.13.0") selects some."""
    facts: Dict[Tuple[str, str], Dict[str, object]] = {}
    for path in _candidates():
        if not re.fullmatch(r"python3\.\d+t?", os.path.basename(path)):
            continue
        fact = _probe(path)
        if fact is None or fact["implementation"] != "CPython":
            continue
        if tuple(fact["minor"]) < OLDEST:  # type: ignore[arg-type]
            continue
        # One prefix can hold one version only once, however many names lead to it; a free-threaded
        # build may share its prefix with the plain one.
        facts.setdefault((str(fact["prefix"]), os.path.basename(str(fact["executable"]))), fact)

    found: List[Interpreter] = []
    ordered = sorted(facts.values(), key=lambda fact: (_version_key(fact), str(fact["prefix"])))
    for fact in ordered:
        version = str(fact["version"])
        twins = sum(1 for other in found if other.version == version)
        engine = fact["engine"]
        minor = fact["minor"]
        assert isinstance(minor, list)
        found.append(
            Interpreter(
                label=version if not twins else f"{version}-{twins + 1}",
                version=version,
                minor=(int(minor[0]), int(minor[1])),
                prefix=str(fact["prefix"]),
                executable=str(fact["executable"]),
                stdlib=str(fact["stdlib"]),
                engine=None if engine in (None, "built-in", "frozen") else str(engine),
                free_threaded=bool(fact["free_threaded"]),
                posix_spawn_default=bool(fact["posix_spawn_default"]),
            )
        )
    if not versions:
        return found
    return [one for one in found if any(_selected(one, version) for version in versions)]


def _version_key(fact: Dict[str, object]) -> Tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(fact["version"])))


def _selected(interpreter: Interpreter, version: str) -> bool:
    return interpreter.label == version or (interpreter.version + ".").startswith(
        version.rstrip(".") + "."
    )
