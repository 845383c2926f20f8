# SPDX-License-Identifier: MIT
"""What a keyword of Setup may be given, as the one value that means it.

Each function takes the keyword, for its messages, and a value, and returns that value's normal
form: names instead of numbers, tuples instead of lists, str instead of bytes and paths. Names are
those that the engine knows: it is asked, so that there is one list of them.
"""

import operator
import os
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple, Union

from forkexec._engine import engine
from forkexec._frozen import FrozenMapping

Convert = Callable[[str, Any], Any]

INT_MAX = 2**31 - 1
ID_MAX = 2**32 - 2
COUNT_MAX = 2**64 - 1


def refuse(keyword: str, problem: str) -> ValueError:
    return ValueError(f"{keyword}: {problem}")


def refuse_type(keyword: str, wanted: str, value: object) -> TypeError:
    return TypeError(f"{keyword}: needs {wanted}, not {value!r}")


# ---- numbers ----


def whole(keyword: str, value: Any, low: int, high: int, wanted: str = "a number") -> int:
    if isinstance(value, bool):
        raise refuse_type(keyword, wanted, value)
    try:
        number = operator.index(value)
    except TypeError:
        raise refuse_type(keyword, wanted, value) from None
    if not low <= number <= high:
        raise refuse(keyword, f"{number} is not between {low} and {high}")
    return int(number)


def number(low: int, high: int) -> Convert:
    def convert(keyword: str, value: Any) -> int:
        return whole(keyword, value, low, high)

    return convert


def flag(keyword: str, value: Any) -> Optional[bool]:
    """False is what not saying anything means."""
    if not isinstance(value, bool):
        raise refuse_type(keyword, "True or False", value)
    return value or None


def descriptor(keyword: str, value: Any) -> int:
    if hasattr(value, "fileno"):
        value = value.fileno()
    return whole(keyword, value, 0, INT_MAX, "a descriptor")


def descriptors(keyword: str, value: Any) -> Tuple[int, ...]:
    return tuple(sorted({descriptor(keyword, each) for each in elements(keyword, value)}))


# ---- strings ----


def text(keyword: str, value: Any) -> str:
    if not isinstance(value, (str, bytes)):
        raise refuse_type(keyword, "a string", value)
    decoded = os.fsdecode(value)
    if "\0" in decoded:
        raise refuse(keyword, "a string cannot hold a NUL character")
    return decoded


def full_text(keyword: str, value: Any) -> str:
    decoded = text(keyword, value)
    if not decoded:
        raise refuse(keyword, "must not be empty")
    return decoded


def path(keyword: str, value: Any) -> str:
    try:
        return full_text(keyword, os.fspath(value))
    except TypeError:
        raise refuse_type(keyword, "a path", value) from None


def path_or_descriptor(keyword: str, value: Any) -> Union[str, int]:
    if isinstance(value, int) or hasattr(value, "fileno"):
        return descriptor(keyword, value)
    return path(keyword, value)


def variable(keyword: str, value: Any) -> str:
    name = full_text(keyword, value)
    if "=" in name:
        raise refuse(keyword, f"{name!r} is no name of a variable")
    return name


def variables(keyword: str, value: Any) -> Tuple[str, ...]:
    return tuple(sorted({variable(keyword, each) for each in elements(keyword, value)}))


def assignments(keyword: str, value: Any) -> "FrozenMapping[str, str]":
    found = {variable(keyword, name): text(keyword, each) for name, each in pairs(keyword, value)}
    return FrozenMapping(dict(sorted(found.items())))


def filter_program(keyword: str, value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise refuse_type(keyword, "a compiled filter, as bytes", value)
    program = bytes(value)
    if not program or len(program) % 8:
        raise refuse(keyword, f"{len(program)} bytes are no filter: an instruction has 8")
    return program


# ---- names ----


def name_of(keyword: str, kind: str, value: Any) -> str:
    """The engine's name for what is given by any of its names, or by its number."""
    if isinstance(value, str):
        found = engine.number(kind, value)
        if found is None:
            raise refuse(keyword, f"no {kind} is called {value!r}")
    else:
        found = whole(keyword, value, 0, INT_MAX, f"the name or number of a {kind}")
    name = engine.name(kind, found)
    if name is None:
        raise refuse(keyword, f"no {kind} has the number {found}")
    return name


def named(kind: str) -> Convert:
    def convert(keyword: str, value: Any) -> str:
        return name_of(keyword, kind, value)

    return convert


def number_of(kind: str, name: str) -> int:
    found = engine.number(kind, name)
    assert found is not None, name
    return found


def in_order(kind: str, names: Iterable[str]) -> Tuple[str, ...]:
    return tuple(sorted(set(names), key=lambda name: number_of(kind, name)))


def names(kind: str, has_all: bool = False) -> Convert:
    """A list of names; one name alone will do. "all" stands for every one where `has_all`."""

    def convert(keyword: str, value: Any) -> Union[str, Tuple[str, ...]]:
        if has_all and value == "all":
            return "all"
        if isinstance(value, (str, int)):
            value = [value]
        return in_order(kind, [name_of(keyword, kind, v) for v in elements(keyword, value)])

    return convert


def one_of(*allowed: str) -> Convert:
    def convert(keyword: str, value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            raise refuse(keyword, f"{value!r} is none of {', '.join(map(repr, allowed))}")
        return value

    return convert


# ---- lists and mappings ----


def elements(keyword: str, value: Any) -> List[Any]:
    if isinstance(value, (str, bytes)):
        raise refuse_type(keyword, "a list", value)
    try:
        return list(value)
    except TypeError:
        raise refuse_type(keyword, "a list", value) from None


def pairs(keyword: str, value: Any) -> List[Tuple[Any, Any]]:
    """Of a mapping, or of a list of pairs."""
    if hasattr(value, "items"):
        return list(value.items())
    found = elements(keyword, value)
    if not all(isinstance(each, (tuple, list)) and len(each) == 2 for each in found):
        raise refuse_type(keyword, "a mapping", value)
    return [(left, right) for left, right in found]


def mapping(key: Convert, convert: Convert) -> Convert:
    def convert_all(keyword: str, value: Any) -> "FrozenMapping[Any, Any]":
        found: Dict[Any, Any] = {}
        for left, right in pairs(keyword, value):
            name = key(keyword, left)
            if name in found:
                raise refuse(keyword, f"{name!r} is there twice")
            found[name] = convert(keyword, right)
        return FrozenMapping(dict(sorted(found.items())))

    return convert_all
