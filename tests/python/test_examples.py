# SPDX-License-Identifier: MIT
"""Every example is built, and does what it says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / os.environ.get("FORKEXEC_TEST_BUILD", "default") / "examples"
LONGEST, SHORTEST = 70, 10

OUTPUT = {
    "attributes": (
        "mechanism: clone3: it is the fastest of this platform\n"
        'arguments: "sh" "-c" "ulimit -n; ulimit -c; umask"\n'
        "environment: PATH\n"
        "steps:\n"
        "  1  close_range(CLOSE_RANGE_UNSHARE)  # a table of its own, of what it needs\n"
        "  2  setsid()\n"
        "  3  setpriority(+5)\n"
        "  4  oom_score_adj(500), best effort\n"
        "  5  setrlimit(RLIMIT_CORE, 0:0)\n"
        "  6  umask(027)\n"
        "  7  close_range()  # what is left of others\n"
        "  8  setrlimit(RLIMIT_NOFILE, 256:)\n"
        "  9  sigaction()  # by the kernel, at birth\n"
        " 10  sigaction(SIGPIPE, SIG_DFL)\n"
        " 11  sigaction(SIGXFSZ, SIG_DFL)\n"
        " 12  sigaction(SIGHUP, SIG_IGN)\n"
        " 13  sigprocmask()\n"
        ' 14  exec("sh")\n'
        "256\n"
        "0\n"
        "0027\n"
    ),
    "capture": "output\nerror\n13 bytes\n",
    "descriptors": "first: seven\nsecond: eight\n",
    "errors": (
        'exec("/nonexistent/program"): program not found\n'
        "  step exec, missing: the program\n"
        'chdir("/nonexistent"): No such file or directory\n'
        "  step chdir, missing: the directory\n"
        "map: entry 0: child number -1 is negative\n"
        "  step command, missing: unknown\n"
    ),
    "hello": "hello from a child\nit ended with 0\n",
    "pipeline": (
        "1:apple\n2:fig\n3:pear\nprintf ended with 0\nsort ended with 0\ngrep ended with 0\n"
    ),
    "plan": "{reason}\n100 of 100 ended well\n",
    "start": 'true ended with 0\nexec("/nonexistent/program"): program not found\n',
    "timeout": "still running\nended by signal 15\nsignalled again: gone\n",
}


def test_each_has_its_output_here() -> None:
    assert {path.stem for path in (ROOT / "examples").glob("*.c")} == set(OUTPUT)


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_it_is_short(name: str) -> None:
    lines = (ROOT / "examples" / f"{name}.c").read_text(encoding="utf-8").splitlines()
    assert SHORTEST <= len(lines) <= LONGEST


@pytest.mark.parametrize("name", sorted(OUTPUT))
def test_it_does_what_it_says(name: str) -> None:
    done = subprocess.run(
        [str(BUILT / name)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    expected = OUTPUT[name]
    if "{reason}" in expected:
        first = done.stdout.partition("\n")[0]
        assert first.startswith("clone3: ")
        expected = expected.format(reason=first)
    assert done.stdout == expected
    assert done.returncode == 0
