# SPDX-License-Identifier: MIT
"""Calls of subprocess.Popen, and all that can be seen of what came of each.

Runs on every CPython, on its own engine and on ours: what it prints has to be the same. In the
calls, `place` is a directory with the files that `files()` makes.
"""

import contextlib
import gc
import os
import re
import subprocess
from typing import Any, Dict, List

CALLS = [
    # programs
    "[TRUE]",
    "['true']",
    "TRUE",
    "[b'/bin/true']",
    "(TRUE, 'a', b'b')",
    "[SHOW, 'a b', b'\\xff', '\\udcfe', '', '\\u00e9']",
    "[Path(SHOW), Path('x')]",
    "Path(SHOW)",
    "iter([SHOW, 'x'])",
    "['other name', 'x'], executable=SHOW",
    "['other name', 'x'], executable=Path(SHOW)",
    "['other name', 'x'], executable='show'",
    "['x'], executable=''",
    "['echo', 'x'], executable=b'sh'",
    "[Text(SHOW), Text('x')]",
    # programs that cannot be run
    "['/nonexistent/program']",
    "[b'/nonexistent/program']",
    "['forkexec-nonexistent']",
    "Path('/nonexistent/program')",
    "['x'], executable='/nonexistent/\\udcff'",
    "['/etc/passwd']",
    "[place]",
    "[place + '/no_interpreter']",
    "[place + '/no_format']",
    "['/etc/passwd/program']",
    "['']",
    "[b'']",
    "[TRUE, 'x' * 3_000_000]",
    "['/' + 'x' * 300]",
    "['/' + 'x/' * 3000]",
    "[place + '/loop']",
    # arguments that are not right
    "[TRUE, 'a\\0b']",
    "['/bin/tr\\0ue']",
    "[TRUE, 5]",
    "[5]",
    "5",
    "None",
    "[TRUE, '\\ud800']",
    "[TRUE, Refuses()]",
    "[Refuses()]",
    "[TRUE], executable=5",
    "Path(TRUE), shell=True",
    # the shell
    "'echo $0 a', shell=True",
    "b'echo $0 a', shell=True",
    "['echo $0 $1', 'name', 'b'], shell=True",
    "'echo $0 a', shell=True, executable='/bin/bash'",
    "'exit 3', shell=1",
    "'x', shell=True, executable='/nonexistent'",
    # directories
    "[SHOW], cwd='/'",
    "[SHOW], cwd=b'/'",
    "[SHOW], cwd=Path('/usr')",
    "['./true'], cwd='/bin'",
    "['./nonexistent'], cwd='/bin'",
    "[TRUE], cwd='/nonexistent'",
    "[TRUE], cwd=b'/nonexistent'",
    "[TRUE], cwd=Path('/nonexistent')",
    "[TRUE], cwd='/etc/passwd'",
    "[TRUE], cwd=''",
    "[TRUE], cwd='a\\0b'",
    "[TRUE], cwd=5",
    "[TRUE], cwd=Refuses()",
    "['/nonexistent'], cwd='/nonexistent'",
    # environments
    "[SHOW], env={}",
    "[SHOW], env={'B': '1', 'A': '2', b'C': b'\\xff', 'D': '\\udcff', '\\u00e9': '\\u00e8'}",
    "[SHOW], env={'A': ''}",
    "[SHOW], env={'': 'x'}",
    "[SHOW], env={'A': '1', b'A': '2'}",
    "[SHOW], env={'A=B': '1'}",
    "[SHOW], env={b'=': '1'}",
    "[SHOW], env={'A\\0B': '1'}",
    "[SHOW], env={'A': '1\\0'}",
    "[SHOW], env={'A': 5}",
    "[SHOW], env={5: 'A'}",
    "[SHOW], env={'A': Path('/x')}",
    "[SHOW], env={'A': Refuses()}",
    "[SHOW], env={'A': '\\ud800'}",
    "[SHOW], env={Text('A'): Text('1')}",
    "[SHOW], env=[('A', '1')]",
    "[SHOW], env=5",
    "[SHOW], env=OrderedDict(A='1')",
    "[SHOW], env=Mine({'A': '1'})",
    "[SHOW], env=MappingProxyType({'A': '1'})",
    "[SHOW], env={'X' * 200000: '1'}",
    "['show', 'x'], env={'PATH': '/nonexistent:' + place}",
    "['show', 'x'], env={b'PATH': os.fsencode(place) + b'/'}",
    "['show', 'x'], env={'PATH': '::' + place + '//:/bin'}",
    "['show'], env={'PATH': place, b'PATH': '/bin'}",
    "['show'], env={'PATH': '/bin'}",
    "['show'], env={'PATH': ''}",
    "['true'], env={}",
    "['show'], env={'path': place}",
    "['no_format'], env={'PATH': place}",
    "['passwd'], env={'PATH': '/nonexistent:/etc:/bin'}",
    "['x'], env=OrderedDict(PATH=place), executable='show'",
    # descriptors
    "[FDS]",
    "[FDS], close_fds=False",
    "[FDS], close_fds=0",
    "[FDS], pass_fds=(extra,)",
    "[FDS], pass_fds=[other, extra, other]",
    "[FDS], pass_fds={extra}",
    "[FDS], pass_fds=range(extra, extra + 1)",
    "[FDS], pass_fds=(True, extra)",
    "[TRUE], pass_fds=(-1,)",
    "[TRUE], pass_fds=(2**31,)",
    "[TRUE], pass_fds=('x',)",
    "[TRUE], pass_fds=(2**70,)",
    "[TRUE], pass_fds=5",
    "[FDS], stdout=subprocess.PIPE",
    "[FDS], stdout=subprocess.PIPE, stderr=subprocess.STDOUT",
    "[FDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE",
    "[FDS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL",
    "[FDS], stdin=extra, stdout=subprocess.PIPE, stderr=other",
    "[FDS], stdout=subprocess.PIPE, stderr=1",
    "[FDS], stdin=2, stdout=subprocess.PIPE, stderr=0",
    "[FDS], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, close_fds=False",
    "['/nonexistent'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE",
    "['/nonexistent'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE",
    "[TRUE], cwd='/nonexistent', stdout=subprocess.PIPE, stderr=subprocess.STDOUT",
    "[SHOW, 5], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE",
    "[SHOW], stdout=subprocess.PIPE, universal_newlines=True",
    # the rest
    "[STATUS], start_new_session=True",
    "[STATUS], start_new_session=1",
    "[STATUS], restore_signals=False",
    "[STATUS], restore_signals=1",
    "[STATUS], umask=0o27",
    "[STATUS], umask=-1",
    "[STATUS], process_group=0",
    "[STATUS], process_group=1",
    "[STATUS], process_group=2**31 - 1",
    "[STATUS], start_new_session=True, process_group=0",
    "['/nonexistent'], start_new_session=True, umask=0",
    "[STATUS], preexec_fn=os.setsid",
    "[STATUS], preexec_fn=fails",
    "[STATUS], user=os.getuid()",
    "[STATUS], group=os.getgid(), extra_groups=[]",
    "[TRUE], startupinfo=5",
    "[TRUE], creationflags=1",
]
# Without a standard stream of the parent's own, what it opens gets its number.
CLOSED_STREAMS = [
    "[FDS_TO, place + '/out']",
    "[FDS_TO, place + '/out'], stdin=subprocess.DEVNULL",
    "[FDS_TO, place + '/out'], stdout=subprocess.PIPE, stderr=subprocess.PIPE",
    "[FDS_TO, place + '/out'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL",
    "['/nonexistent'], stdout=subprocess.PIPE",
    "[TRUE], cwd='/nonexistent'",
]

FDS_SCRIPT = """
for fd in 0 1 2 3 4 5 6 7 8 9; do
  if [ -e /proc/self/fd/$fd ]; then echo "$fd $(readlink /proc/$$/fd/$fd)"; fi
done
"""
SCRIPTS = {
    # Variables that the shell itself adds are not shown.
    "show": "pwd; echo $#; for a; do echo \"<$a>\"; done; tr '\\0' '\\n' < /proc/$$/environ; echo",
    "fds": FDS_SCRIPT,
    "fds_to": 'exec 9> "$1"; {' + FDS_SCRIPT + "} >&9",
    # No other program: the shell blocks signals while it starts one.
    "status": 'umask; while read -r line; do case $line in Sig[IB]*) echo "$line"; esac; done '
    "< /proc/$$/status; "
    "read -r _ _ _ _ group session _ < /proc/$$/stat; "
    "echo $((group == $$)) $((session == $$))",
}


class Text(str):
    """A str that is none of the plain ones."""


class Mine(Dict[Any, Any]):
    """A dictionary with contents of its own."""

    def items(self) -> Any:
        return [("MINE", "yes")]


class Refuses:
    """A path that has none."""

    def __fspath__(self) -> str:
        raise KeyError("refused")


def fails() -> None:
    raise ValueError


def files(place: str) -> None:
    for name, script in SCRIPTS.items():
        write(os.path.join(place, name), f"#!/bin/sh\n{script}\n")
    write(os.path.join(place, "no_interpreter"), "#!/nonexistent/interpreter\n")
    write(os.path.join(place, "no_format"), "echo no\n")
    os.symlink("loop", os.path.join(place, "loop"))


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)


def open_descriptors() -> List[str]:
    found = []
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        with contextlib.suppress(OSError):
            found.append(f"{name} {os.readlink('/proc/self/fd/' + name)}")
    return [entry for entry in found if not entry.endswith("/fd")]


def has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def steady(text: object) -> object:
    """Without the numbers that differ from one pipe to the next."""
    return re.sub(r"(pipe|socket):\[\d+\]", r"\1", text) if isinstance(text, str) else text


def state(popen: Any) -> Dict[str, object]:
    """What the object says of itself; of its process, only whether there was one."""
    seen: Dict[str, object] = {
        name: value
        for name, value in vars(popen).items()
        if isinstance(value, (int, str, bytes, type(None))) and name != "pid"
    }
    seen["pid"] = type(getattr(popen, "pid", "none")).__name__
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(popen, name, None)
        seen[name] = getattr(stream, "closed", stream)
    return seen


def outcome(call: str, names: Dict[str, Any]) -> Dict[str, object]:
    """All that can be seen of one call."""
    seen = {}  # type: Dict[str, object]
    before = open_descriptors()
    popen = subprocess.Popen.__new__(subprocess.Popen)
    try:
        eval(f"popen.__init__({call})", {**globals(), **names, "popen": popen})
        output, errors = popen.communicate()
        seen["output"] = steady(os.fsdecode(output) if isinstance(output, bytes) else output)
        seen["errors"] = steady(os.fsdecode(errors) if isinstance(errors, bytes) else errors)
    except Exception as error:
        seen["error"] = (type(error).__name__, error.args)
        seen["subject"] = [
            getattr(error, name, None) for name in ("errno", "strerror", "filename", "filename2")
        ]
        seen["because"] = [repr(error.__cause__), repr(error.__context__)]
        del error
    seen["state"] = state(popen)
    del popen
    gc.collect()
    seen["left open"] = [entry for entry in open_descriptors() if entry not in before]
    seen["left behind"] = has_children()
    return seen


def names(place: str, extra: int, other: int) -> Dict[str, Any]:
    from collections import OrderedDict
    from pathlib import Path
    from types import MappingProxyType

    return {
        "OrderedDict": OrderedDict,
        "MappingProxyType": MappingProxyType,
        "Path": Path,
        "TRUE": "/bin/true",
        "SHOW": os.path.join(place, "show"),
        "FDS": os.path.join(place, "fds"),
        "FDS_TO": os.path.join(place, "fds_to"),
        "STATUS": os.path.join(place, "status"),
        "place": place,
        "extra": extra,
        "other": other,
    }
