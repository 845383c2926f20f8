# SPDX-License-Identifier: MIT
"""The keywords of a process as the extension takes them: a command, a scope, a ladder.

Each is a tuple that _native.pyi describes. What subprocess's own keywords say goes straight into
the command; a Setup is made only of what they cannot say.
"""

import os
import sys
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from forkexec._engine import engine
from forkexec._keywords import SETUP
from forkexec._setup import Setup
from forkexec._setup_table import ALTERNATIVES

PIPE = -1
STDOUT = -2
DEVNULL = -3

LINUX = sys.platform.startswith("linux")

# Said by what is no part of a Setup, in a command's own fields.
_PLAIN = frozenset({"process_group", "umask", "new_session"})
# Another name for what Setup calls otherwise.
_SAME = {"cwd": "directory", "env": "environment", "extra_groups": "groups"}
_NEEDS_SETUP = (SETUP - _PLAIN) | {"preexec_fn", "setup", "extra_groups", "user", "group"}

_INHERIT_OTHERS = engine.INHERIT_OTHERS
_KEEP_IGNORED_SIGNALS = engine.KEEP_IGNORED_SIGNALS
_NEW_SESSION = engine.NEW_SESSION


def said_twice(first: str, second: str) -> ValueError:
    return ValueError(f"{second}: {first} says it already")


# ---- a command ----


def command_of(
    args: Any,
    given: Mapping[str, Any],
    stdin: Optional[int],
    stdout: Optional[int],
    stderr: Optional[int],
    setup: Optional[Setup] = None,
) -> Tuple[Any, ...]:
    """What the extension starts: `args` by the keywords `given`, of which a Setup is made before
    by setup_of(). Streams are descriptors, PIPE, STDOUT, DEVNULL, or None."""
    get = given.get
    program = get("executable")
    if isinstance(args, (str, bytes, os.PathLike)):
        args = [args]
        if get("shell") and isinstance(args[0], os.PathLike):
            raise TypeError("path-like args is not allowed when shell is true")
    else:
        args = list(args)
    if get("shell"):
        args = ["/bin/sh", "-c", *args]
        if program is not None:
            args[0] = program
    cwd, env = get("cwd"), get("env")
    if env is not None and type(env) is not dict:
        env = dict(env.items())
    flags = 0
    if not get("close_fds", True):
        flags |= _INHERIT_OTHERS
    if not get("restore_signals", True):
        flags |= _KEEP_IGNORED_SIGNALS
    if get("start_new_session") or get("new_session"):
        flags |= _NEW_SESSION
    group, mask = get("process_group"), get("umask")
    attributes = None
    if setup is not None:
        attributes = setup._attributes()
        cwd, env = _as_told(setup, cwd, env)
    return (
        args,
        program,
        cwd,
        env,
        stdin,
        stdout,
        stderr,
        tuple(get("pass_fds") or ()),
        flags,
        -1 if group is None else group,
        -1 if mask is None else mask,
        attributes,
    )


def _as_told(setup: Setup, cwd: Any, env: Any) -> Tuple[Any, Any]:
    """What a Setup says of these, which is what holds, for audit hooks and exceptions."""
    directory, environment = setup.directory, setup.environment
    if cwd is None and isinstance(directory, str):
        cwd = directory
    if env is None and environment is not None:
        env = dict(environment)
    return cwd, env


def setup_of(given: Mapping[str, Any]) -> Optional[Setup]:
    """The Setup that the keywords say, or None if they say nothing that needs one.

    ValueError for what is said twice.
    """
    if _NEEDS_SETUP.isdisjoint(given):
        return None
    own: Dict[str, Any] = {
        name: value
        for name, value in given.items()
        if name in SETUP and name not in _PLAIN and value is not None
    }
    if given.get("extra_groups") is not None:
        _say(own, "groups", given["extra_groups"], "extra_groups")
    found = Setup(**own) if own else None
    for name in ("setup", "preexec_fn"):
        found = _both(found, _setup_of(name, given.get(name)), name)
    if found is not None:
        _refuse_twice(found, given)
    return found if found is not None and found._values else None


def _say(own: Dict[str, Any], name: str, value: Any, keyword: str) -> None:
    if name in own:
        raise said_twice(name, keyword)
    own[name] = value


def _setup_of(name: str, value: Any) -> Optional[Setup]:
    if value is None or isinstance(value, Setup):
        return value
    if name == "setup":
        raise TypeError(f"setup: needs a Setup, not {value!r}")
    from forkexec._preexec import setup_for

    found = setup_for(value)
    if found is None:
        raise ValueError(
            f"preexec_fn: {value!r} would be called in the child; doc/preexec_fn.md says what to "
            "use instead"
        )
    return found


def _both(left: Optional[Setup], right: Optional[Setup], name: str) -> Optional[Setup]:
    if left is None or right is None:
        return left if right is None else right
    for keyword in right._values:
        if keyword in left._values:
            raise said_twice(keyword, name)
    return Setup(**{**left._values, **right._values})


def _refuse_twice(setup: Setup, given: Mapping[str, Any]) -> None:
    """What both a Setup and a command's own field would say."""
    said = setup._values
    for keyword, name in (*_SAME.items(), ("umask", "umask")):
        if name in said and given.get(keyword) is not None and keyword != "extra_groups":
            raise said_twice(name, keyword)
    if not LEADS.isdisjoint(said) and (_new_session(given) or _new_group(given) is not None):
        raise said_twice("a Setup", "start_new_session or process_group")


# ---- sessions and groups ----

LEADS = frozenset(ALTERNATIVES[1])


def _new_session(given: Mapping[str, Any]) -> bool:
    return bool(given.get("start_new_session") or given.get("new_session"))


def _new_group(given: Mapping[str, Any]) -> Optional[int]:
    group: Optional[int] = given.get("process_group")
    return None if group is None or group < 0 else group


def leads(given: Mapping[str, Any], setup: Optional[Setup]) -> str:
    """What the child is asked to lead or join: "session", "group", "joined" (a group) or ""."""
    group = _new_group(given)
    session = _new_session(given)
    if setup is not None:
        session = session or bool(setup.new_session)
        group = setup.process_group if group is None else group
    if session:
        return "session"
    return "" if group is None else "joined" if group else "group"


# ---- scopes and ladders ----


def _number(kind: str, name: str) -> int:
    number = engine.number(kind, name)
    assert number is not None
    return number


KILL = _number("signal", "KILL")
_LAST_GRACE = 5000  # milliseconds for the kernel to do what SIGKILL says
_SCOPES = ("process", "group", "session", "cgroup", "descendants")
SCOPES: Dict[str, int] = {name: _number("scope", name) for name in _SCOPES}
DEFAULT_SCOPE = (SCOPES["descendants" if LINUX else "process"], -1, False)


def milliseconds(keyword: str, seconds: Any) -> Optional[int]:
    """Rounded up; None for None and for infinity."""
    if seconds is None:
        return None
    try:
        whole = int(seconds * 1000)
    except OverflowError:
        return None
    if whole < seconds * 1000:
        whole += 1
    return whole if whole > 0 else 0


def rungs_of(given: Mapping[str, Any]) -> Tuple[Tuple[int, int], ...]:
    """stop_signal, `grace` seconds, KILL."""
    signal = given.get("stop_signal")
    number = engine.number("signal", "TERM" if signal is None else _signal_name(signal))
    if number is None:
        raise ValueError(f"stop_signal: there is no signal {signal!r}")
    if number == KILL:
        return ((KILL, _LAST_GRACE),)
    grace = given.get("grace")
    patience = 5000 if grace is None else milliseconds("grace", grace)
    return ((number, -1 if patience is None else patience), (KILL, _LAST_GRACE))


def _signal_name(signal: Any) -> str:
    if isinstance(signal, str):
        return signal
    if isinstance(signal, int) and not isinstance(signal, bool):
        return str(int(signal))
    raise TypeError(f"stop_signal: needs a name or a number, not {signal!r}")


def with_scope(given: Dict[str, Any], setup: Optional[Setup]) -> Dict[str, Any]:
    """The keywords with what `kill_scope` implies: a new group, or a new session."""
    kind, led = given.get("kill_scope"), leads(given, setup)
    if kind == "group" and not led:
        return {**given, "process_group": 0}
    if kind == "session" and not led:
        return {**given, "start_new_session": True}
    return given


def scope_of(
    given: Mapping[str, Any], setup: Optional[Setup], opened: List[int]
) -> Tuple[int, int, bool]:
    """The scope that `kill_scope` means, after with_scope(). A descriptor that is opened for it is
    put into `opened`, to be closed in the end."""
    kind, led = given.get("kill_scope"), leads(given, setup)
    if kind is None:
        if not led or led == "joined":
            return DEFAULT_SCOPE
        return (SCOPES[led], -1, False)
    if kind not in SCOPES:
        raise ValueError(f"kill_scope: {kind!r} is none of {', '.join(_SCOPES)}")
    if (kind == "group" and led == "joined") or (kind == "session" and led != "session"):
        raise ValueError(f"kill_scope: the child leads no {kind}")
    if kind != "cgroup":
        return (SCOPES[kind], -1, False)
    cgroup = None if setup is None else setup.cgroup
    if cgroup is None:
        raise ValueError("kill_scope: 'cgroup' needs cgroup")
    if not isinstance(cgroup, int):
        cgroup = os.open(cgroup, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        opened.append(cgroup)
    return (SCOPES[kind], cgroup, False)


_PLAIN_RUNGS = rungs_of({})
PLAIN_LADDER = (DEFAULT_SCOPE, _PLAIN_RUNGS)
_OF_LADDER = frozenset(
    {"kill_scope", "grace", "stop_signal", "start_new_session", "new_session"}
) | {"process_group"}


def ladder_of(
    given: Mapping[str, Any], setup: Optional[Setup], opened: List[int]
) -> Tuple[Tuple[int, int, bool], Tuple[Tuple[int, int], ...]]:
    """How the keywords say that the child is to be stopped; see scope_of()."""
    if setup is None and _OF_LADDER.isdisjoint(given):
        return PLAIN_LADDER
    return scope_of(given, setup, opened), rungs_of(given)


def descriptors(values: Sequence[Any]) -> Tuple[int, ...]:
    """Numbers, or of whatever has a fileno()."""
    return tuple(value if isinstance(value, int) else value.fileno() for value in values)
