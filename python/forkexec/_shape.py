# SPDX-License-Identifier: MIT
"""What becomes of the output of a command, where it is not simply captured."""

import operator
from typing import Any, Dict, Mapping, Optional, Tuple

from forkexec._lower import PIPE, STDOUT

Output = Optional[Tuple[bool, Optional[int], int, Any, Tuple[int, ...]]]


def shaped(
    given: Mapping[str, Any], stdout: Optional[int], stderr: Optional[int], keeps: Dict[str, Any]
) -> Tuple[Optional[int], Output, Optional[int], Output]:
    """Each stream, and what becomes of it if it is read."""
    get = given.get
    most, keep = _most(get("max_output")), _keep(get("keep"), keeps)
    total = _most(get("max_total"), "max_total")
    if keep == keeps["stop"] and most is None and total is None:
        raise ValueError("keep: 'stop' needs max_output or max_total")
    tees = _tees(get("tee"), stderr == STDOUT)
    functions = (_function("on_stdout", get("on_stdout")), _function("on_stderr", get("on_stderr")))
    bounded = most is not None or total is not None
    # A bound without anything to bound is meant for both: who says it wants the output.
    implied = bounded and stdout is None and stderr is None and not any(tees + functions)
    if implied:
        stdout = stderr = PIPE
    first = _one("stdout", stdout, most, keep, functions[0], tees[0])
    second = _one("stderr", stderr, most, keep, functions[1], tees[1])
    return (*first, *second)


def _one(
    keyword: str,
    stream: Optional[int],
    most: Optional[int],
    keep: int,
    function: Any,
    tee: Tuple[int, ...],
) -> Tuple[Optional[int], Output]:
    """It is stored if it was asked for; for a tee or a function alone it is only read."""
    if stream is not None and stream != PIPE:
        if function is not None or tee:
            what = f"on_{keyword}" if function is not None else "tee"
            raise ValueError(f"{what}: {keyword} goes elsewhere, and is not read")
        return stream, None
    if stream is None and function is None and not tee:
        return None, None
    return PIPE, (stream == PIPE, most, keep, function, tee)


def _most(value: Any, keyword: str = "max_output") -> Optional[int]:
    if value is None:
        return None
    number = operator.index(value)
    if number < 0:
        raise ValueError(f"{keyword}: {number} is less than 0")
    return number


def _keep(value: Any, keeps: Dict[str, Any]) -> int:
    name = "head" if value is None else value
    if name not in keeps:
        raise ValueError(f"keep: {name!r} is none of {', '.join(keeps)}")
    number: int = keeps[name]
    return number


def _function(keyword: str, value: Any) -> Any:
    if value is not None and not callable(value):
        raise TypeError(f"{keyword}: needs a function, not {value!r}")
    return value


def _tees(value: Any, is_merged: bool) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
    """The descriptors that each stream is written to as well."""
    if value is None or value is False:
        return (), ()
    if value is True:
        value = (1, 2)
    if isinstance(value, Mapping):
        unknown = sorted(set(value) - {"stdout", "stderr"})
        if unknown:
            raise ValueError(f"tee: {unknown[0]!r} is neither 'stdout' nor 'stderr'")
        value = (value.get("stdout"), value.get("stderr"))
    elif not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ValueError("tee: needs a pair, for stdout and stderr")
    first, second = map(_descriptors, value)
    return first, () if is_merged else second


def _descriptors(value: Any) -> Tuple[int, ...]:
    if value is None:
        return ()
    if hasattr(value, "flush"):
        value.flush()  # so that what it holds comes before
    if hasattr(value, "fileno"):
        value = value.fileno()
    number = operator.index(value)
    if number < 0:
        raise ValueError(f"tee: {number} is no descriptor")
    return (number,)
