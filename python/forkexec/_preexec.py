# SPDX-License-Identifier: MIT
"""Which preexec_fn the engine does itself, without Python in the child.

A Setup, and the callables of the standard library that do one thing that a Setup can say,
with arguments that are plain values. Where there is any doubt it is left to be called.
"""

import functools
import os
import sys
import types
from typing import Any, Callable, Dict, Optional, Tuple

from forkexec._engine import engine
from forkexec._setup import Setup
from forkexec._setup_lower import lowered
from forkexec._setup_table import normalised

Values = Optional[Dict[str, Any]]

_known: "Dict[str, object]" = {}  # what was made of callables without arguments


def recognise(callable: object) -> object:
    """What the engine made of it; None if it is to be called. Called by the extension."""
    kind = type(callable)
    if kind is Setup:
        return _attributes(callable)
    if kind is functools.partial:
        return _recognise_partial(callable)
    name = _name(callable)
    if name in ("posix.setsid", "posix.setpgrp"):
        if name not in _known:
            _known[name] = _made(CALLS[name]())
        return _known[name]
    return None


def _attributes(setup: Any) -> object:
    try:
        return setup._attributes()
    except ValueError as error:  # a group that this system does not know
        import subprocess

        raise subprocess.SubprocessError(str(error)) from None


def _recognise_partial(partial: Any) -> object:
    call = CALLS.get(_name(partial.func) or "")
    if call is None or partial.keywords:
        return None
    try:
        return _made(call(*partial.args))
    except (TypeError, ValueError, OverflowError):
        return None  # it has no such arguments: calling it will tell


def setup_for(callable: object) -> Optional[Setup]:
    """What it would do as a Setup; None if it has to be called."""
    name = _name(callable)
    values: Values = None
    if name in ("posix.setsid", "posix.setpgrp"):
        values = CALLS[name]()
    elif type(callable) is functools.partial and not callable.keywords:
        call = CALLS.get(_name(callable.func) or "")
        try:
            values = call(*callable.args) if call is not None else None
        except (TypeError, ValueError, OverflowError):
            values = None
    return None if values is None else Setup(**values)


def _made(values: Values) -> object:
    if values is None:
        return None
    return engine.attributes(lowered(normalised(values)), True)


def _name(function: object) -> Optional[str]:
    """The module and name of a function of the standard library; None if it is another one.

    `os` and `resource` have them from C; those of `signal` are wrapped, in functions that are told
    from anybody else's by their namespace.
    """
    if type(function) is types.FunctionType:
        module = sys.modules.get("signal")
        if module is None or function.__globals__ is not vars(module):
            return None
        return f"_signal.{function.__code__.co_name}"
    if type(function) is not types.BuiltinFunctionType:
        return None
    owner = function.__self__
    if type(owner) is not types.ModuleType:
        return None
    return f"{owner.__name__}.{function.__name__}"


# ---- what each call says, None if nothing that can be said ----


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_path(value: object) -> bool:
    return type(value) in (str, bytes)


def _are_same(numbers: Tuple[int, ...]) -> bool:
    return len(set(numbers)) == 1


def _setsid() -> Values:
    return {"new_session": True}


def _setpgrp() -> Values:
    return {"process_group": 0}


def _setpgid(process: int, group: int) -> Values:
    return {"process_group": group} if process == 0 else None


def _nice(increment: int) -> Values:
    return {"nice": increment}


def _umask(mask: int) -> Values:
    return {"umask": mask}


def _chdir(path: Any) -> Values:
    if _is_path(path):
        return {"directory": path}
    return _fchdir(path)


def _fchdir(descriptor: Any) -> Values:
    # Lower ones may be others in the child.
    return {"directory": descriptor} if _is_number(descriptor) and descriptor > 2 else None


def _setuid(*users: int) -> Values:
    # Else real, effective and saved ids can come to differ.
    if _are_same(users) and _are_same(_ids("getresuid", os.getuid, os.geteuid)):
        return {"user": users[0]}
    return None


def _setgid(*groups: int) -> Values:
    if _are_same(groups) and _are_same(_ids("getresgid", os.getgid, os.getegid)):
        return {"group": groups[0]}
    return None


def _ids(all_of_them: str, *others: Callable[[], int]) -> Tuple[int, ...]:
    function = getattr(os, all_of_them, None)
    return tuple(function()) if function else (-1, *(other() for other in others))


def _setgroups(groups: Any) -> Values:
    if type(groups) in (list, tuple) and all(map(_is_number, groups)):
        return {"groups": groups}
    return None


def _setaffinity(process: int, cpus: Any) -> Values:
    if process == 0 and type(cpus) in (list, tuple, set, frozenset, range):
        return {"affinity": cpus}
    return None


def _setscheduler(process: int, policy: int, parameter: Any) -> Values:
    if process != 0 or type(parameter) is not os.sched_param:
        return None
    return {"scheduling": (policy, parameter.sched_priority)}


def _setpriority(which: int, who: int, priority: int) -> Values:
    return {"nice_absolute": priority} if (which, who) == (os.PRIO_PROCESS, 0) else None


def _setrlimit(resource: int, limits: Any) -> Values:
    if not _is_number(resource) or type(limits) not in (list, tuple) or len(limits) != 2:
        return None
    return {"limits": {resource: limits}} if all(map(_is_number, limits)) else None


def _signal(number: int, handler: object) -> Values:
    import signal

    if not _is_number(number) or number in (signal.SIGKILL, signal.SIGSTOP):
        return None
    if handler is signal.SIG_IGN:
        return {"ignored_signals": [number]}
    return {"default_signals": [number]} if handler is signal.SIG_DFL else None


def _sigmask(how: int, mask: Any) -> Values:
    import signal

    if type(mask) not in (list, tuple, set, frozenset) or not all(map(_is_number, mask)):
        return None
    meanings = {
        int(signal.SIG_BLOCK): "block_signals",
        int(signal.SIG_UNBLOCK): "unblock_signals",
        int(signal.SIG_SETMASK): "blocked_signals",
    }
    return {meanings[how]: mask} if how in meanings else None


CALLS: Dict[str, Callable[..., Values]] = {
    "posix.setsid": _setsid,
    "posix.setpgrp": _setpgrp,
    "posix.setpgid": _setpgid,
    "posix.nice": _nice,
    "posix.umask": _umask,
    "posix.chdir": _chdir,
    "posix.fchdir": _fchdir,
    "posix.setuid": lambda user: _setuid(user),
    "posix.setreuid": lambda real, effective: _setuid(real, effective),
    "posix.setresuid": lambda real, effective, saved: _setuid(real, effective, saved),
    "posix.setgid": lambda group: _setgid(group),
    "posix.setregid": lambda real, effective: _setgid(real, effective),
    "posix.setresgid": lambda real, effective, saved: _setgid(real, effective, saved),
    "posix.setgroups": _setgroups,
    "posix.sched_setaffinity": _setaffinity,
    "posix.sched_setscheduler": _setscheduler,
    "posix.setpriority": _setpriority,
    "resource.setrlimit": _setrlimit,
    "_signal.signal": _signal,
    "_signal.pthread_sigmask": _sigmask,
}
