# SPDX-License-Identifier: MIT
"""The command line of python -m forkexec."""

import os
import sys

from forkexec import _program

TYPE_CHECKING = False  # typing would be a fifth of the time that the start of a program takes
if TYPE_CHECKING:
    from typing import List, NoReturn

USAGE = """\
usage: python -m forkexec [--stats] [-m MODULE | -c CODE | SCRIPT | -] [ARGUMENT ...]
       python -m forkexec --enable | --disable
"""

HELP = (
    USAGE
    + """
Run a Python program as python itself does, with every process that subprocess, asyncio and
multiprocessing start in it started by forkexec.

  -m MODULE    run a module
  -c CODE      run the program given as text
  SCRIPT       run a file, or a directory or zip file with a __main__.py
  -            run the program read from standard input (the default)
  --stats      at exit, say on standard error which processes were started, and how
  --enable     make every interpreter of this environment use forkexec
  --disable    take that back
  --version    print the version
  --help       print this text

Options of the interpreter stand before -m: python -X dev -m forkexec SCRIPT
"""
)


def main() -> None:
    arguments = sys.argv[1:]
    if arguments and arguments[0] in ("--enable", "--disable"):
        _enable_or_disable(arguments)
    stats = False
    while arguments:
        option = arguments.pop(0)
        if option == "--stats":
            stats = True
        elif option in ("-h", "--help"):
            _finish(HELP)
        elif option in ("-V", "--version"):
            import forkexec

            _finish(f"forkexec {forkexec.__version__}\n")
        elif option[:2] in ("-m", "-c"):
            if not option[2:] and not arguments:
                _fail(f"{option} needs an argument")
            program = option[2:] or arguments.pop(0)
            _prepare(stats)
            if option[1] == "m":
                _program.run_module(program, arguments)
            else:
                _program.run_code(program, arguments)
            return
        elif option == "--":
            break
        elif option == "-" or not option.startswith("-"):
            arguments.insert(0, option)
            break
        else:
            _fail(
                f"unknown option {option}; options of the interpreter stand before -m: "
                "python OPTION -m forkexec ..."
            )
    _run_file(arguments, stats)


def _run_file(arguments: "List[str]", stats: bool) -> None:
    if arguments and arguments[0] != "-":
        _prepare(stats)
        _program.run_script(arguments[0], arguments[1:])
        return
    if not arguments and sys.stdin is not None and sys.stdin.isatty():
        _fail("no program given")
    _prepare(stats)
    _program.run_stdin(arguments or [""])


def _prepare(stats: bool) -> None:
    try:
        import forkexec._engine  # noqa: F401
    except ImportError as error:
        sys.exit(f"forkexec: the engine cannot be loaded: {error}")
    from forkexec._install import install

    install()
    if stats:
        import atexit

        # Registered first, so called last: after whatever the program itself does at exit.
        atexit.register(_print_stats, os.getpid())


def _print_stats(process: int) -> None:
    if os.getpid() != process or sys.stderr is None:
        return  # a forked child has its own counters, and nobody asked for them
    from forkexec._stats import stats

    try:
        print(stats().table(), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return  # standard error is closed


def _enable_or_disable(arguments: "List[str]") -> "NoReturn":
    if len(arguments) > 1:
        _fail(f"{arguments[0]} takes no further arguments")
    from forkexec import _enable

    action = _enable.enable if arguments[0] == "--enable" else _enable.disable
    try:
        message = action()
    except _enable.Refused as refusal:
        sys.exit(f"forkexec: {refusal}")
    _finish(message + "\n")


def _finish(text: str) -> "NoReturn":
    sys.stdout.write(text)
    sys.exit(0)


def _fail(problem: str) -> "NoReturn":
    sys.stderr.write(f"{USAGE}forkexec: {problem}\n")
    sys.exit(2)
