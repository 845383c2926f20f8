# SPDX-License-Identifier: MIT
"""Run a program in the module __main__, as the interpreter does with its own arguments.

What CPython's main.c and pythonrun.c do for `python SCRIPT`, `-c`, `-m` and `-`, said in Python.
Modules, directories and zip files go through the function of `runpy` that the interpreter itself
calls for them. Nothing is caught that the interpreter would not see: exit statuses, signals,
atexit and threads are left to it.
"""

import builtins
import io
import os
import runpy
import sys
from importlib.machinery import BuiltinImporter, SourceFileLoader, SourcelessFileLoader
from importlib.util import MAGIC_NUMBER
from types import CodeType

from forkexec._traceback import without_frames_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, NoReturn

ABSOLUTE_SCRIPT = sys.version_info >= (3, 9)  # __file__ of a script is made absolute
SOURCE_OF_COMMAND = sys.version_info >= (3, 13)  # tracebacks show the lines of a -c program


def run_module(name: str, arguments: "List[str]") -> None:
    """python -m NAME. sys.path[0] is right already: we were started with -m, too."""
    sys.argv[:] = ["-m", *arguments]
    _reset_main()
    _run(lambda: _run_module_as_main(name, True))


def run_code(text: str, arguments: "List[str]") -> None:
    """python -c TEXT"""
    sys.argv[:] = ["-c", *arguments]
    _enter_path("")
    namespace = _reset_main()
    _run(lambda: _execute(_command(text), namespace))


def run_stdin(argv: "List[str]") -> None:
    """python - or python without arguments."""
    sys.argv[:] = argv
    _enter_path("")
    namespace = _reset_main()
    namespace.update(__file__="<stdin>", __cached__=None)
    source = b"" if sys.stdin is None else sys.stdin.buffer.read()
    _run(lambda: _execute(_compile(source, "<stdin>"), namespace))
    _forget_file(namespace)


def run_script(path: str, arguments: "List[str]") -> None:
    """python PATH, a file or a directory or zip file with a __main__.py."""
    sys.argv[:] = [path, *arguments]
    path = _absolute(path)
    if _holds_modules(path):
        _drop_path()
        sys.path.insert(0, path)  # even with -P or -I: the program is there
        _reset_main()
        _run(lambda: _run_module_as_main("__main__", False))
        return
    try:
        with io.FileIO(path) as file:
            content = file.readall() or b""
    except OSError as error:
        _cannot_open(path, error)
    _enter_path(_directory_of(sys.argv[0]))
    namespace = _reset_main()
    compiled = path.endswith(".pyc") or content[:4] == MAGIC_NUMBER
    loader = SourcelessFileLoader if compiled else SourceFileLoader
    namespace.update(__file__=path, __cached__=None, __loader__=loader("__main__", path))
    load = _unmarshal if compiled else _compile
    _run(lambda: _execute(load(content, path), namespace))
    _forget_file(namespace)


def _run(work: "Callable[[], None]") -> None:
    try:
        work()
    except BaseException as error:
        without_frames_of(globals(), error)
        raise


def _execute(code: CodeType, namespace: "Dict[str, Any]") -> None:
    try:
        exec(code, namespace)
    finally:
        # The interpreter does so before it waits for threads; a failure shows again at its end.
        for stream in (sys.stderr, sys.stdout):
            try:
                stream.flush()
            except Exception:
                continue


def _run_module_as_main(name: str, alter_argv: bool) -> None:
    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]


def _reset_main() -> "Dict[str, Any]":
    """Give __main__ the namespace that it has before the interpreter runs anything in it.

    The module itself stays, since others may have imported it already.
    """
    namespace = vars(sys.modules["__main__"])
    annotated = "__annotations__" in namespace
    namespace.clear()
    namespace.update(
        {
            "__name__": "__main__",
            "__doc__": None,
            "__package__": None,
            "__loader__": BuiltinImporter,
            "__spec__": None,
            **({"__annotations__": {}} if annotated else {}),
            "__builtins__": builtins,
        }
    )
    return namespace


def _forget_file(namespace: "Dict[str, Any]") -> None:
    """The interpreter takes these away when a script has run, before threads and atexit."""
    namespace.pop("__file__", None)
    namespace.pop("__cached__", None)


def _compile(source: bytes, name: str) -> CodeType:
    code: CodeType = compile(source, name, "exec", dont_inherit=True)
    return code


def _command(text: str) -> CodeType:
    if SOURCE_OF_COMMAND:
        import linecache

        lines = [line + "\n" for line in text.splitlines()]
        linecache.cache["<string>"] = (len(text) + 1, None, lines, "<string>")
    code: CodeType = compile(text, "<string>", "exec", dont_inherit=True)
    return code


def _unmarshal(content: bytes, name: str) -> CodeType:
    import marshal

    if content[:4] != MAGIC_NUMBER:
        raise RuntimeError("Bad magic number in .pyc file")
    code = marshal.loads(content[16:])
    if not isinstance(code, CodeType):
        raise RuntimeError("Bad code object in .pyc file")
    return code


def _holds_modules(path: str) -> bool:
    """Whether it is a directory, a zip file or another thing that modules are imported from.

    pkgutil.get_importer() without pkgutil, which takes longer to import than all else here.
    """
    cache = sys.path_importer_cache
    if path not in cache:
        for hook in sys.path_hooks:
            try:
                cache[path] = hook(path)
                return True
            except ImportError:
                continue
        cache[path] = None
    return cache[path] is not None


def _absolute(path: str) -> str:
    if not ABSOLUTE_SCRIPT or os.path.isabs(path):
        return path
    try:
        return os.path.join(os.getcwd(), path)
    except OSError:
        return path


def _directory_of(script: str) -> str:
    resolved = os.path.realpath(script)
    if not os.path.lexists(resolved):
        resolved = script  # /dev/fd/N of a pipe leads to a name that is no file
    return os.path.dirname(resolved)


def _drop_path() -> None:
    """Take away the sys.path[0] that `-m forkexec` was given: the current directory."""
    if not _safe_path():
        try:
            directory = os.getcwd()
        except OSError:
            return  # then the interpreter had none to give
        if sys.path and sys.path[0] == directory:
            del sys.path[0]


def _enter_path(first: str) -> None:
    _drop_path()
    if not _safe_path():
        sys.path.insert(0, first)


def _safe_path() -> bool:
    return bool(getattr(sys.flags, "safe_path", sys.flags.isolated))


def _cannot_open(path: str, error: OSError) -> "NoReturn":
    python = getattr(sys, "orig_argv", [sys.executable])[0]
    sys.stderr.write(
        f"{python}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}\n"
    )
    sys.exit(2)
