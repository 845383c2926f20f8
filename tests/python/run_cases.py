# SPDX-License-Identifier: MIT
"""Calls of subprocess.run, and all that can be seen of what came of each.

Runs on every CPython, once through subprocess.run and once through forkexec.run: what comes of it
has to be the same, but for exceptions of classes that derive from the ones expected.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from typing import Any, Callable, Dict, List

ECHO = "cat; echo err >&2; exit ${1:-0}"

CALLS = [
    "['true']",
    "['false']",
    "'true'",
    "b'/bin/true'",
    "Path('/bin/true')",
    "('echo', b'a', Path('b')), stdout=PIPE",
    "iter(['echo', 'x']), stdout=PIPE",
    "['sh', '-c', 'kill -9 $$']",
    "['sh', '-c', 'exit 200']",
    "['echo', '\\udcff'], capture_output=True",
    # streams
    "['echo', 'x'], capture_output=True",
    "['echo', 'x'], stdout=PIPE",
    "['sh', '-c', ECHO], stdin=DEVNULL, stderr=PIPE",
    "['sh', '-c', ECHO], stdin=DEVNULL, stdout=PIPE, stderr=STDOUT",
    "['sh', '-c', ECHO], stdin=PIPE, stdout=PIPE, stderr=PIPE",
    "['sh', '-c', ECHO], stdin=file, stdout=PIPE, stderr=DEVNULL",
    "['sh', '-c', ECHO], stdin=file.fileno(), stdout=PIPE, stderr=DEVNULL",
    "['cat'], stdin=DEVNULL, stdout=out",
    "['echo', 'x'], stdout=out",
    "['sh', '-c', ECHO], stdin=file, stdout=out, stderr=STDOUT",
    "['sh', '-c', ECHO], stdin=file, stdout=out.fileno(), stderr=out",
    "['cat'], input=b'', stdout=PIPE",
    "['cat'], input=b'abc', stdout=PIPE",
    "['cat'], input=bytearray(b'abc'), stdout=PIPE",
    "['cat'], input=memoryview(b'abc'), stdout=PIPE",
    "['cat'], input=b'x' * 1000000, stdout=PIPE",
    "['true'], input=b'x' * 1000000",
    "['head', '-c', '3'], input=b'x' * 1000000, stdout=PIPE",
    "['cat'], input='abc', stdout=PIPE",
    "['cat'], input=5, stdout=PIPE",
    "['cat'], input=b'a', stdin=PIPE",
    "['cat'], stdout=PIPE, capture_output=True",
    # text
    "['printf', 'a\\\\r\\\\nb\\\\rc\\\\n'], stdout=PIPE, text=True",
    "['printf', 'a\\\\r\\\\nb\\\\rc\\\\n'], stdout=PIPE, universal_newlines=True",
    "['printf', '\\\\303\\\\244'], stdout=PIPE, encoding='utf-8'",
    "['printf', '\\\\303\\\\244'], stdout=PIPE, encoding='latin-1'",
    "['printf', '\\\\377'], stdout=PIPE, encoding='utf-8'",
    "['printf', '\\\\377'], stdout=PIPE, encoding='utf-8', errors='replace'",
    "['printf', '\\\\377'], stdout=PIPE, errors='surrogateescape'",
    "['cat'], input='\\u00e4\\n', stdout=PIPE, text=True",
    "['cat'], input='a\\r\\nb', stdout=PIPE, text=True",
    "['cat'], input='\\u00e4', stdout=PIPE, encoding='utf-16'",
    "['cat'], input='\\udcff', stdout=PIPE, encoding='utf-8'",
    "['echo'], stdout=PIPE, text=False",
    "['echo'], stdout=PIPE, text=False, universal_newlines=True",
    "['echo'], stdout=PIPE, text=None, universal_newlines=None",
    "['echo'], stdout=PIPE, encoding='nonexistent'",
    # the shell
    "'echo $0 a', shell=True, stdout=PIPE",
    "b'echo $0 a', shell=True, stdout=PIPE",
    "['echo $0 $1', 'name', 'b'], shell=True, stdout=PIPE",
    "'echo $0 a', shell=True, executable='/bin/bash', stdout=PIPE",
    "Path('true'), shell=True",
    # program, directory, environment
    "['other', '-c', 'echo $0'], executable='sh', stdout=PIPE",
    "['sh', '-c', 'pwd'], cwd='/usr', stdout=PIPE",
    "['sh', '-c', 'pwd'], cwd=Path('/usr'), stdout=PIPE",
    "['sh', '-c', 'pwd'], cwd=b'/usr', stdout=PIPE",
    "['env'], env={}, stdout=PIPE, executable='/usr/bin/env'",
    "['env'], env={'A': '1', 'PATH': '/usr/bin:/bin'}, stdout=PIPE",
    "['env'], env={b'A': b'\\xff', 'PATH': '/usr/bin'}, stdout=PIPE",
    "['env'], env={'A': Path('/x'), 'PATH': '/usr/bin'}, stdout=PIPE",
    "['env'], env=OrderedDict(A='1', PATH='/usr/bin'), stdout=PIPE",
    "['env'], env=MappingProxyType({'A': '1', 'PATH': '/usr/bin'}), stdout=PIPE",
    "['env'], env={'A=B': '1', 'PATH': '/usr/bin'}, stdout=PIPE",
    "['env'], env={'A': 'b\\0', 'PATH': '/usr/bin'}, stdout=PIPE",
    "['env'], env={'A': 5, 'PATH': '/usr/bin'}, stdout=PIPE",
    "['sh', '-c', 'echo $FROM_HERE'], stdout=PIPE",
    # failures
    "['/nonexistent/program']",
    "['forkexec-nonexistent'], capture_output=True",
    "[b'/nonexistent/program']",
    "Path('/nonexistent/program')",
    "['x'], executable='/nonexistent/program'",
    "['/etc/passwd']",
    "['/etc']",
    "['/etc/passwd/x']",
    "['true'], cwd='/nonexistent'",
    "['true'], cwd='/etc/passwd'",
    "['true', 'x' * 3000000]",
    "['true', 'a\\0b']",
    "['true', 5]",
    "5",
    "None",
    "['true'], stdin=9999",
    "['true'], stdout='x'",
    # the rest
    "['sh', '-c', 'exit 3'], check=True",
    "['sh', '-c', 'echo x; echo y >&2; exit 3'], check=True, capture_output=True",
    "['sh', '-c', 'kill -15 $$'], check=True",
    "['true'], check=True, timeout=100",
    "['sh', '-c', 'echo x; exec sleep 100'], stdout=PIPE, timeout=0.2",
    "['sh', '-c', 'umask'], stdout=PIPE, restore_signals=False",
    "['sh', '-c', 'ps -o sid= $$ | tr -d \" \"; echo $$'], stdout=PIPE, start_new_session=True",
    "['sh', '-c', 'cat <&' + str(other)], stdout=PIPE, pass_fds=(other,)",
    "['sh', '-c', 'cat <&' + str(other)], stdout=PIPE, stderr=DEVNULL",
    "['true'], nonsense=1",
]
SINCE = {
    (3, 9): ["['sh', '-c', 'umask'], umask=0o27, stdout=PIPE"],
    (3, 11): [
        "['sh', '-c', 'ps -o pgid= $$ | tr -d \" \"; echo $$'], stdout=PIPE, process_group=0",
    ],
}


def open_descriptors() -> List[str]:
    return sorted(os.listdir("/proc/self/fd"))


def steady(call: str, output: Any) -> Any:
    """Where a pid is shown twice, whether it is the same one."""
    if output is None or "$$'" not in call or "ps " not in call:
        return output
    first, second = output.split()
    return first == second


def outcome(run: Callable[..., Any], call: str, names: Dict[str, Any]) -> Dict[str, Any]:
    seen: Dict[str, Any] = {}
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as out:
        file.write(b"from the file\n")
        file.flush()
        file.seek(0)
        other = os.open("/proc/self/cmdline", os.O_RDONLY)
        here = {**names, "run": run, "file": file, "out": out, "other": other}
        before = open_descriptors()
        try:
            done = eval(f"run({call})", {**globals(), **here})
            seen["returncode"] = done.returncode
            seen["stdout"], seen["stderr"] = steady(call, done.stdout), done.stderr
        except Exception as error:
            seen["error"] = error
            for name in ("errno", "filename", "returncode", "cmd", "timeout", "output", "stderr"):
                seen[name] = getattr(error, name, None)
            if isinstance(seen["filename"], os.PathLike):  # posix_spawn, from 3.13 on, has a str
                seen["filename"] = os.fspath(seen["filename"])
        assert open_descriptors() == before, call
        out.seek(0)
        seen["written"] = out.read()
        os.close(other)
    with contextlib.suppress(ChildProcessError):
        raise AssertionError((call, os.waitpid(-1, os.WNOHANG)))
    return seen


def is_as_good(ours: Dict[str, Any], stock: Dict[str, Any]) -> bool:
    """The same, but for an exception of a class of ours."""
    if "error" not in stock or "error" not in ours:
        return ours == stock
    first, second = ours.pop("error"), stock.pop("error")
    if "returncode" in first.__dict__ or not isinstance(first, type(second)):
        return isinstance(first, type(second)) and ours == stock
    return ours == stock


def compare() -> None:
    from collections import OrderedDict
    from pathlib import Path
    from types import MappingProxyType

    import forkexec

    names = {
        "OrderedDict": OrderedDict,
        "Path": Path,
        "MappingProxyType": MappingProxyType,
        "PIPE": subprocess.PIPE,
        "DEVNULL": subprocess.DEVNULL,
        "STDOUT": subprocess.STDOUT,
    }
    os.environ["FROM_HERE"] = "yes"
    calls = list(CALLS)
    for version, more in SINCE.items():
        if sys.version_info >= version:
            calls += more
    for call in calls:
        stock = outcome(subprocess.run, call, names)
        ours = outcome(forkexec.run, call, names)
        shown = (call, "stock:", str(stock), "ours:", str(ours))
        if not is_as_good(ours, stock):
            print(*shown, sep="\n  ")
    print("compared", len(calls))
