# SPDX-License-Identifier: MIT
"""Put the engine under CPython's `subprocess`, and take it away again without a trace."""

import _thread
import os
import sys

from forkexec._hook import CALLER, ENGINE, arm, armed, disarm

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Dict, List, Tuple, Union

    Place = Union[Dict[str, Any], type]

_ABSENT: object = object()
_STOCK: object = object()  # what the module would have had from CPython's own engine

# What install() replaced, oldest first: where, under which name, what was there.
_undo: "List[Tuple[Place, str, object]]" = []

# Held while modules are imported, so what an import calls (the adopt_ functions) never takes it.
_lock = _thread.RLock()


def _renew_lock() -> None:
    """A thread that held the lock does not exist in a forked child."""
    global _lock
    _lock = _thread.RLock()


os.register_at_fork(after_in_child=_renew_lock)


def _put(place: "Place", name: str, value: object) -> None:
    if isinstance(place, type):
        setattr(place, name, value)
    elif value is not _ABSENT:
        place[name] = value
    else:
        place.pop(name, None)


def _replace(place: "Place", name: str, value: object) -> None:
    namespace = vars(place) if isinstance(place, type) else place
    before = namespace.get(name, _ABSENT)
    if before is not value:
        _undo.append((place, name, before))
        _put(place, name, value)


def _patch(caller: "ModuleType") -> None:
    from forkexec._engine import engine
    from forkexec._popen import is_known, make

    namespace = vars(caller)
    # The first is what CPython 3.11 and later have, the second what earlier ones have.
    for name, ours in (("_fork_exec", engine.fork_exec), (ENGINE, engine)):
        if name in namespace and namespace[name] is not ours:
            _replace(namespace, name, ours)
        elif name in namespace and not _replaced(namespace, name):
            _undo.append((namespace, name, _STOCK))
    _replace(namespace, "_USE_POSIX_SPAWN", False)
    popen = namespace.get("Popen")
    method = vars(popen).get("_execute_child") if isinstance(popen, type) else None
    if popen is not None and method is not None and is_known(method):
        _replace(popen, "_execute_child", make(caller, method, engine))


def _replaced(namespace: "Dict[str, Any]", name: str) -> bool:
    return any(entry[0] is namespace and entry[1] == name for entry in _undo)


def _settle() -> None:
    """Let an import of `subprocess` that is under way in another thread come to its end.

    One that has passed the hook but is not yet in sys.modules cannot be seen; where there are
    threads that could be doing it, the import system's lock is the only way to know.
    """
    if CALLER in sys.modules or _thread._count() > 0:
        import subprocess  # noqa: F401


def install() -> None:
    """Start processes of subprocess, asyncio and multiprocessing through forkexec.

    Doing it twice is fine. ImportError if the engine cannot be loaded; nothing is changed then.
    """
    from forkexec._engine import engine

    with _lock:
        arm()
        _settle()
        _replace(sys.modules, ENGINE, engine)
        caller = sys.modules.get(CALLER)
        if caller is not None:
            _patch(caller)


def uninstall() -> None:
    """Put everything back as it was before install(). Does nothing if not installed."""
    with _lock:
        if not armed():
            return
        _settle()
        disarm()
        undo = _undo[::-1]
        _undo.clear()
        # First the module itself: what `subprocess` gets back may have to be imported.
        _restore([entry for entry in undo if entry[0] is sys.modules])
        _restore([entry for entry in undo if entry[0] is not sys.modules])


def _restore(entries: "List[Tuple[Place, str, object]]") -> None:
    for place, name, before in entries:
        if before is _STOCK:
            stock = __import__(ENGINE)
            before = stock if name == ENGINE else stock.fork_exec
        _put(place, name, before)


def installed() -> bool:
    """Whether processes are started through forkexec in this interpreter."""
    if not armed():
        return False
    try:
        import forkexec._engine  # noqa: F401
    except Exception:
        return False
    return True


def adopt_engine() -> None:
    """`_posixsubprocess` is being imported for the first time: it is the engine."""
    from forkexec._engine import engine

    _undo.append((sys.modules, ENGINE, _ABSENT))
    sys.modules[ENGINE] = engine


def adopt_caller(caller: "ModuleType") -> None:
    """`subprocess` has just been imported, and has taken its engine from sys.modules."""
    from forkexec._engine import engine

    if sys.modules.get(ENGINE) is engine:  # else somebody put another one there since
        _patch(caller)
