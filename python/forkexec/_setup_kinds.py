# SPDX-License-Identifier: MIT
"""The values of single keywords of Setup that have a form of their own."""

import re
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union

from forkexec._engine import engine
from forkexec._frozen import FrozenMapping
from forkexec._setup_values import (
    COUNT_MAX,
    ID_MAX,
    INT_MAX,
    descriptor,
    elements,
    full_text,
    name_of,
    one_of,
    pairs,
    refuse,
    refuse_type,
    whole,
)

Bound = Union[int, str, None]

# ---- limits ----


def _bound(keyword: str, value: Any, words: Tuple[str, ...]) -> Bound:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if value in words:
            return value
        if not value.isdecimal():
            raise refuse(keyword, f"{value!r} is neither a number nor {' nor '.join(words)}")
        value = int(value)
    if value == -1:
        return "unlimited"  # resource.RLIM_INFINITY
    return whole(keyword, value, 0, COUNT_MAX - 1, "a number, 'unlimited' or 'max'")


def limit(keyword: str, value: Any) -> Tuple[Bound, Bound]:
    """Soft and hard. One value is both; "max" raises the soft one up to the hard one."""
    if isinstance(value, str) and ":" in value:
        value = value.split(":", 1)
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise refuse(keyword, f"{value!r} is no pair of a soft and a hard limit")
        soft = _bound(keyword, value[0], ("unlimited", "max"))
        hard = _bound(keyword, value[1], ("unlimited",))
    else:
        soft = hard = _bound(keyword, value, ("unlimited", "max"))
        if hard == "max":
            hard = None
    if soft is None and hard is None:
        raise refuse(keyword, f"{value!r} says neither a soft nor a hard limit")
    if _above(soft, hard):
        raise refuse(keyword, f"the soft limit {soft} is above the hard one, {hard}")
    return soft, hard


def _above(soft: Bound, hard: Bound) -> bool:
    if isinstance(soft, int) and isinstance(hard, int):
        return soft > hard
    return soft == "unlimited" and isinstance(hard, int)


# ---- scheduling ----

_RESET_ON_FORK = 0x40000000  # SCHED_RESET_ON_FORK
_PARTS = ("runtime", "deadline", "period")
Scheduling = Union[str, Tuple[str, int], "FrozenMapping[str, Any]"]


def scheduling(keyword: str, value: Any) -> Scheduling:
    """A policy; or with its priority; or a mapping with whatever else there is to say."""
    given: Dict[str, Any] = {}
    if isinstance(value, (str, int)):
        given["policy"] = value
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        given["policy"], given["priority"] = value
    elif hasattr(value, "items"):
        given.update(pairs(keyword, value))
    else:
        raise refuse_type(keyword, "a policy, a pair of it and a priority, or a mapping", value)
    return _scheduling(keyword, given)


def _scheduling(keyword: str, given: Dict[str, Any]) -> Scheduling:
    unknown = set(given) - {"policy", "priority", "reset_on_fork", *_PARTS}
    if unknown or "policy" not in given:
        raise refuse(keyword, f"{sorted(unknown)[0]!r} is not known" if unknown else "no policy")
    policy, reset = given["policy"], given.get("reset_on_fork", False)
    if isinstance(policy, int) and policy & _RESET_ON_FORK:
        policy, reset = policy & ~_RESET_ON_FORK, True
    if not isinstance(reset, bool):
        raise refuse_type(keyword, "True or False for reset_on_fork", reset)
    name = name_of(keyword, "scheduling", policy)
    priority = whole(keyword, given.get("priority") or 0, 0, 99, "a priority")
    parts = {part: whole(keyword, given.get(part) or 0, 0, COUNT_MAX) for part in _PARTS}
    if reset or any(parts.values()):
        said: Dict[str, Any] = {"policy": name, "priority": priority, **parts}
        said["reset_on_fork"] = reset
        return FrozenMapping({key: each for key, each in said.items() if each})
    return (name, priority) if priority else name


_IO_CLASSES = ("none", "realtime", "best-effort", "idle")
_IO_LEVEL = 4  # the kernel's own, and that of ionice(1)


def io_priority(keyword: str, value: Any) -> Union[str, Tuple[str, int]]:
    level: Optional[int] = None
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise refuse_type(keyword, "a class, or a pair of it and a level", value)
        value, level = value
    if isinstance(value, str):
        found = engine.number("io_class", value)
        if found is None:
            raise refuse(keyword, f"{value!r} is none of {', '.join(_IO_CLASSES)}")
    else:
        found = whole(keyword, value, 0, len(_IO_CLASSES) - 1, "a class")
    name = _IO_CLASSES[found]
    if name in ("none", "idle"):
        if level:
            raise refuse(keyword, f"the class {name} has no levels")
        return name
    return name, whole(keyword, _IO_LEVEL if level is None else level, 0, 7, "a level")


_RANGE = re.compile(r"(\d+)(?:-(\d+)(?::([1-9]\d*))?)?")
_CPU_MAX = 2**16


def affinity(keyword: str, value: Any) -> str:
    """A list as taskset(1) has it, "0-3,6", in its shortest form."""
    cpus = set()
    if not isinstance(value, str):
        cpus = {whole(keyword, each, 0, _CPU_MAX, "a CPU") for each in elements(keyword, value)}
    for part in value.split(",") if isinstance(value, str) else ():
        found = _RANGE.fullmatch(part.strip())
        if not found or int(found[2] or found[1]) > _CPU_MAX:
            raise refuse(keyword, f"{part!r} is no CPU and no range of CPUs")
        first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
        if last < first:
            raise refuse(keyword, f"the range {part!r} ends before it begins")
        cpus.update(range(first, last + 1, step))
    if not cpus:
        raise refuse(keyword, "needs at least one CPU")
    return _ranges(sorted(cpus))


def _ranges(cpus: List[int]) -> str:
    runs: List[List[int]] = []
    for cpu in cpus:
        if runs and runs[-1][1] == cpu - 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def cpus_of(ranges: str) -> List[int]:
    """The CPUs of a list in its shortest form."""
    cpus: List[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        cpus.extend(range(int(first), int(last or first) + 1))
    return cpus


# ---- identity ----


def identity(keyword: str, value: Any) -> Union[int, str]:
    if isinstance(value, str):
        if not value.isdecimal():
            return full_text(keyword, value)
        value = int(value)
    return whole(keyword, value, 0, ID_MAX, "a name or a number")


def groups(keyword: str, value: Any) -> Union[str, Tuple[Union[int, str], ...]]:
    if value in ("user", "keep") and isinstance(value, str):
        return str(value)
    found = {identity(keyword, each) for each in elements(keyword, value)}
    return tuple(sorted(found, key=lambda each: (isinstance(each, str), each)))


_SECUREBITS = (
    "noroot",
    "noroot_locked",
    "no_setuid_fixup",
    "no_setuid_fixup_locked",
    "keep_caps",
    "keep_caps_locked",
    "no_cap_ambient_raise",
    "no_cap_ambient_raise_locked",
)


def securebits(keyword: str, value: Any) -> Tuple[str, ...]:
    if isinstance(value, int):
        bits = whole(keyword, value, 0, (1 << len(_SECUREBITS)) - 1)
        return tuple(name for i, name in enumerate(_SECUREBITS) if bits >> i & 1)
    given = [value] if isinstance(value, str) else elements(keyword, value)
    check = one_of(*_SECUREBITS)
    found = {check(keyword, each) for each in given}
    return tuple(name for name in _SECUREBITS if name in found)


def securebits_number(names: Iterable[str]) -> int:
    return sum(1 << _SECUREBITS.index(name) for name in names)


def id_map(keyword: str, value: Any) -> Tuple[Tuple[int, int, int], ...]:
    lines = []
    for line in elements(keyword, value):
        numbers = [whole(keyword, each, 0, ID_MAX) for each in elements(keyword, line)]
        if len(numbers) != 3 or numbers[2] < 1:
            raise refuse(keyword, f"{line!r} is not (inside, outside, count)")
        lines.append((numbers[0], numbers[1], numbers[2]))
    if not lines:
        raise refuse(keyword, "needs at least one line")
    return tuple(sorted(lines))


# ---- namespaces ----


def namespaces(keyword: str, value: Any) -> Tuple[str, ...]:
    """Names, or flags as unshare(2) takes them."""
    if isinstance(value, int) and not isinstance(value, bool):
        bits = [1 << i for i in range(32) if value >> i & 1]
        value = bits
    elif isinstance(value, str):
        value = value.split(",")
    return tuple(sorted({name_of(keyword, "namespace", each) for each in elements(keyword, value)}))


# ---- sockets ----


def listen(keyword: str, value: Any) -> Tuple[Union[int, Tuple[str, int]], ...]:
    """In the order in which the program gets them; all with a name, or none."""
    if not hasattr(value, "items"):
        found = elements(keyword, value)
        if not all(isinstance(each, (tuple, list)) for each in found):
            return tuple(descriptor(keyword, each) for each in found)
    named = pairs(keyword, value)
    return tuple((_name(keyword, name), descriptor(keyword, fd)) for name, fd in named)


def _name(keyword: str, value: Any) -> str:
    name = full_text(keyword, value)
    if ":" in name or not name.isprintable() or not name.isascii() or len(name) > 255:
        raise refuse(keyword, f"{name!r} is no name for a socket: see sd_listen_fds_with_names(3)")
    return name


def child_number(keyword: str, value: Any) -> int:
    return whole(keyword, value, 0, INT_MAX, "a descriptor")
