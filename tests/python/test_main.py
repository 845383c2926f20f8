# SPDX-License-Identifier: MIT
"""`python -m forkexec X` is `python X`: the same output, tracebacks and status, side by side."""

import os
import pty
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

import pytest

from tests.python.programs import FILES, SHOW
from tests.python.support import DEADLINE, Outcome, Python, clean_environment, own

FORKEXEC = ("-m", "forkexec")


@dataclass(frozen=True)
class Case:
    name: str
    arguments: Tuple[str, ...]
    options: Tuple[str, ...] = ()
    stdin: str = ""
    environment: Tuple[Tuple[str, str], ...] = ()


def script(name: str, *arguments: str) -> Case:
    return Case(name, (name, *arguments))


def exits_with(value: str) -> Case:
    return Case(f"exit {value}", ("-c", f"import sys; print('out'); sys.exit({value})"))


CASES = [
    *(
        script(name)
        for name in sorted(FILES)
        if name.endswith(".py") and "/" not in name and name != "pickles.py"
    ),
    script("show.py", "-c", "--stats", "-m", ""),
    script("./show.py"),
    script("sub/../sub/show.py", "a b"),
    script("link.py"),
    script("link_of_link.py"),
    script("compiled.pyc"),
    script("damaged.pyc"),
    script("program", "x"),
    script("./program/"),
    script("program.zip", "x"),
    script("with_suffix"),
    script("empty"),
    script("nowhere.py"),
    script("nowhere/show.py"),
    script("show.py/x"),
    script("/dev/null", "x"),
    *(script("pickles.py", method) for method in ("fork", "spawn", "forkserver")),
    Case("module pickles", ("-m", "pickles", "spawn")),
    Case("module", ("-m", "show", "-m", "x")),
    Case("module attached", ("-mshow", "x")),
    Case("package", ("-m", "package", "x")),
    Case("inner", ("-m", "package.inner")),
    Case("package main", ("-m", "package.__main__")),
    Case("package without main", ("-m", "bare")),
    Case("no module", ("-m", "nowhere")),
    Case("no submodule", ("-m", "package.nowhere")),
    Case("submodule of module", ("-m", "show.nowhere")),
    Case("broken package", ("-m", "broken.inner")),
    Case("module syntax", ("-m", "syntax")),
    Case("module interrupt", ("-m", "interrupt")),
    Case("standard module", ("-m", "json.tool"), stdin='{"a": 1}'),
    Case("timeit", ("-m", "timeit", "-n1", "-r1", "raise ValueError")),
    Case("code", ("-c", SHOW, "-c", "x", "--help")),
    Case("code attached", ("-cprint(1)",)),
    Case("code raises", ("-c", "def f():\n  1/0\n\nf()")),
    Case("code syntax", ("-c", "x = = 1")),
    Case("code interrupt", ("-c", "raise KeyboardInterrupt")),
    Case("code future", ("-c", "def f(a: undefined): pass")),
    Case("code empty", ("-c", "")),
    Case("stdin", ("-", "x"), stdin=SHOW),
    Case("stdin default", (), stdin=SHOW),
    Case("stdin raises", ("-",), stdin="def f():\n  1/0\nf()\n"),
    Case("stdin syntax", ("-",), stdin="x = = 1\n"),
    Case("stdin consumed", ("-",), stdin="import sys\nprint(repr(sys.stdin.read()))\n"),
    Case("input", ("last.py",), stdin="a\nb\n"),
    *(
        exits_with(value)
        for value in ("", "0", "3", "None", "'text'", "True", "256", "-1", "(1, 2)")
    ),
    *(exits_with(value) for value in ("2**70", "1.5", "b'x'", "'é'", "ValueError(1)", "''")),
    Case("raise SystemExit", ("-c", "raise SystemExit")),
    Case("optimised", ("-c", "assert False; print(__debug__)"), options=("-O",)),
    Case("warnings are errors", ("warn.py",), options=("-W", "error")),
    Case("development mode", ("-c", "open('show.py')"), options=("-X", "dev")),
    Case("safe path", ("show.py",), options=("-P",)),
    Case("safe path module", ("-m", "show"), options=("-P",)),
    Case("safe path code", ("-c", SHOW), options=("-P",)),
    Case("safe path zip", ("program.zip",), options=("-P",)),
    Case("inspect", ("chain.py",), options=("-i",), stdin="print(2, __name__)\n"),
    Case("inspect exit", ("-c", "import sys; sys.exit(3)"), options=("-i",), stdin="print(2)\n"),
    Case(
        "inspect last",
        ("hook.py",),
        options=("-i",),
        stdin="import traceback, sys\nprint(traceback.format_tb(sys.last_traceback) if 1 else 0)\n",
    ),
    Case("hash seed", ("-c", "print(hash('a'))"), environment=(("PYTHONHASHSEED", "0"),)),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("programs")
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "link.py").symlink_to("sub/show.py")
    (root / "link_of_link.py").symlink_to("link.py")
    (root / "damaged.pyc").write_bytes(b"x" * 40)
    for archive in ("program.zip", "with_suffix"):
        with zipfile.ZipFile(root / archive, "w") as file:
            file.write(root / "program/__main__.py", "__main__.py")
    return root


def both(python: Python, case: Case, folder: Path) -> Tuple[Outcome, Outcome]:
    def run(*between: str) -> Outcome:
        return python.run(
            *case.options,
            *between,
            *case.arguments,
            cwd=folder,
            stdin=case.stdin,
            environment=dict(case.environment),
        )

    with ThreadPoolExecutor(2) as pool:
        plain, ours = pool.submit(run), pool.submit(run, *FORKEXEC)
        return plain.result(), ours.result()


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: " ".join([case.name, *case.arguments[1:2]])
)
def test_same_as_python(python: Python, case: Case, folder: Path) -> None:
    if case.name == "compiled.pyc":
        compile_show = "import py_compile; py_compile.compile('show.py', 'compiled.pyc')"
        python.run("-c", compile_show, cwd=folder)
    plain, ours = both(python, case, folder)
    assert ours == plain


@pytest.mark.parametrize("options", [("-E",), ("-s",), ("-I",)], ids=str)
@pytest.mark.parametrize("arguments", [("show.py",), ("-c", SHOW), ("program",), ("-m", "json")])
def test_isolated(options: Tuple[str, ...], arguments: Tuple[str, ...], folder: Path) -> None:
    plain, ours = both(own(), Case("isolated", arguments, options), folder)
    assert ours == plain


def test_order_of_output(python: Python, folder: Path) -> None:
    """Both streams in one file, with a thread that writes after the main program has ended."""
    for name in ("thread.py", "flushes.py"):
        plain = python.run(name, cwd=folder, merged=True)
        assert python.run(*FORKEXEC, name, cwd=folder, merged=True) == plain


def test_undecodable_arguments(python: Python, folder: Path) -> None:
    odd = b"\xff\xfe.py"
    (folder / os.fsdecode(odd)).write_text(
        "import os, sys\nprint(ascii(sys.argv), ascii(__file__))"
    )
    for arguments in ([odd, b"\xfd"], [b"-c", b"print('\xff')"], [b"-m", b"\xff"]):
        plain = python.run(*arguments, cwd=folder)
        ours = python.run(*FORKEXEC, *arguments, cwd=folder)
        assert ours.stdout == plain.stdout and ours.status == plain.status


def test_directory_removed(python: Python, tmp_path: Path) -> None:
    program = (
        "import os, sys; os.rmdir(os.getcwd());"
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    outcomes = []
    for between in ((), FORKEXEC):
        gone = tmp_path / "gone"
        gone.mkdir()
        show = ("-c", "import sys; print(sys.path[:1])")
        outcomes.append(python.run("-c", program, *between, *show, cwd=gone))
    assert outcomes[0] == outcomes[1]


def test_pipe_closed(python: Python, folder: Path) -> None:
    """Standard output that nobody reads: the status is that of the interpreter."""
    statuses = []
    for between in ((), FORKEXEC):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [python.executable, *between, "-c", "print(1)"],
            stdout=writer,
            stderr=subprocess.PIPE,
            env={**clean_environment(), **python.environment},
            timeout=DEADLINE,
            check=False,
        )
        os.close(writer)
        statuses.append((done.returncode, done.stderr))
    assert statuses[0] == statuses[1]


def test_double_dash(python: Python, folder: Path) -> None:
    (folder / "-odd.py").write_text(SHOW)
    ours = python.run(*FORKEXEC, "--", "-odd.py", "x", cwd=folder)
    assert ours == python.run("--", "-odd.py", "x", cwd=folder)
    assert ours.status == 0


def test_nested(python: Python, folder: Path) -> None:
    plain = python.run("chain.py", cwd=folder)
    assert python.run(*FORKEXEC, *FORKEXEC, "chain.py", cwd=folder).stderr.endswith(plain.stderr)


def test_engine_runs_the_processes(python: Python) -> None:
    program = (
        "import forkexec, subprocess, sys; before = forkexec.stats().spawns;"
        "subprocess.run([sys.executable, '-c', '']); print(forkexec.stats().spawns - before)"
    )
    assert python.run(*FORKEXEC, "-c", program) == Outcome(0, "1\n", "")
    assert python.run("-c", program) == Outcome(0, "0\n", "")


def test_statistics(python: Python) -> None:
    """Printed after everything else, and only by the process that was asked."""
    program = (
        "import atexit, os, subprocess, sys\n"
        "atexit.register(lambda: print('atexit', file=sys.stderr))\n"
        "subprocess.run(['/bin/true']); subprocess.run(['true'])\n"
        "if os.fork(): os.wait()\n"
        "else: sys.exit(0)\n"
        "sys.exit(5)\n"
    )
    outcome = python.run(*FORKEXEC, "--stats", "-c", program)
    assert (outcome.status, outcome.stdout) == (5, "")
    lines = outcome.stderr.splitlines()
    assert lines[:3] == ["atexit", "atexit", "forkexec"]
    assert lines[3].split() == ["processes", "started", "2"]
    assert outcome.stderr.count("processes started") == 1


def test_statistics_without_standard_error(python: Python) -> None:
    closing = python.run(*FORKEXEC, "--stats", "-c", "import sys; sys.stderr.close()")
    assert (closing.status, closing.stderr) == (0, "")


def test_help_and_version(python: Python) -> None:
    outcome = python.run(*FORKEXEC, "--help")
    assert outcome.status == 0 and outcome.stdout.startswith("usage: python -m forkexec")
    assert python.run(*FORKEXEC, "-h") == outcome
    version = python.succeed("import forkexec; print(forkexec.__version__)")
    assert python.run(*FORKEXEC, "--version") == Outcome(0, f"forkexec {version}", "")


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["-X"], ["-m"], ["-c"], ["--stats", "-m"], ["--enable", "x"]],
    ids=" ".join,
)
def test_wrong_usage(python: Python, arguments: List[str]) -> None:
    outcome = python.run(*FORKEXEC, *arguments)
    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("usage: ") and "forkexec: " in outcome.stderr


def test_no_program_at_a_terminal(python: Python) -> None:
    """Nobody would know that the program is expected on the terminal."""
    controller, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [python.executable, *FORKEXEC],
            stdin=terminal,
            capture_output=True,
            env={**clean_environment(), **python.environment},
            timeout=DEADLINE,
            check=False,
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 2 and b"no program given" in done.stderr
