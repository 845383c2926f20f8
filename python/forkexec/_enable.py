# SPDX-License-Identifier: MIT
"""forkexec.pth: the engine for every interpreter of an environment.

The interpreter runs each line of a .pth file that begins with `import`, also under -I. The line
has to bear everything: it outlives a removed or broken package, and whatever it raised would
be printed at the start of every interpreter.
"""

import os
import subprocess
import sys
import sysconfig
from typing import Tuple

NAME = "forkexec.pth"
MARK = "# Written by python -m forkexec --enable; --disable removes it.\n"
LINE = (
    'import sys; exec("try:\\n from forkexec._hook import start\\n start()\\n'
    'except Exception:\\n pass")\n'
)
CONTENT = MARK + LINE

PROBE = "import forkexec, sys; sys.exit(not forkexec.installed())"


class Refused(Exception):
    """It cannot be done; the message says why."""


def enable() -> str:
    path, environment = _place()
    if _read(path) == CONTENT:
        _verify(path)
        return f"already enabled: {path}"
    try:
        _write(path)
    except OSError as error:
        raise Refused(f"cannot write {path}: {error.strerror}") from error
    try:
        _verify(path)
    except Refused:
        os.unlink(path)
        raise
    return (
        f"enabled: {path}\n"
        f"every interpreter of {environment} now starts its processes through forkexec"
    )


def disable() -> str:
    path, environment = _place()
    if not _read(path):
        return f"not enabled: there is no {path}"
    try:
        os.unlink(path)
    except OSError as error:
        raise Refused(f"cannot remove {path}: {error.strerror}") from error
    return f"disabled: removed {path}\ninterpreters of {environment} are as they were"


def _place() -> Tuple[str, str]:
    return os.path.join(sysconfig.get_path("purelib"), NAME), sys.prefix


def _read(path: str) -> str:
    """The file's text, "" if there is none. A file of somebody else's is left alone."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Refused(f"cannot read {path}: {error.strerror}") from error
    if not text.startswith(MARK):
        raise Refused(f"{path} is not a file of python -m forkexec --enable; it is left as it is")
    return text


def _write(path: str) -> None:
    """In one step: interpreters may be starting right now."""
    beside = f"{path}.{os.getpid()}.new"
    try:
        with open(beside, "x", encoding="ascii") as file:
            file.write(CONTENT)
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def _verify(path: str) -> None:
    """Ask a fresh interpreter, one that sees nothing but the environment."""
    probe = subprocess.run(
        [sys.executable, "-I", "-c", PROBE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if probe.returncode != 0:
        lines = probe.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else "the engine was not taken up"
        raise Refused(
            f"not enabled: a fresh interpreter with {path} in place does not use forkexec "
            f"({reason}); is the package installed in this environment?"
        )
