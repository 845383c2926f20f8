# SPDX-License-Identifier: MIT
"""A Call in steps, for what is not one call of the extension: start, follow, outcome."""

from typing import Any, List, Optional, Sequence, Tuple

from forkexec._call import Call
from forkexec._engine import engine
from forkexec._result import Result

_ALL = (True, None, 0, None, ())
_NOTHING = (None, 0, 0, True)

Outputs = Tuple[Optional[int], Optional[int]]


def follow(
    call: Call, children: Sequence[Any], stderr: Optional[int] = None
) -> "Tuple[Any, Outputs]":
    """A Drain that does what the keywords of the call say to these children: it feeds the first
    one, and reads the last one. `stderr` is what is read as such if it is not a pipe of the last
    child's; the Drain's from here on. With it the places of stdout and stderr among its outputs,
    for outcome()."""
    fed, first = children[0].descriptor(0), children[-1].descriptor(1)
    second = children[-1].descriptor(2) if stderr is None else stderr
    input = None if fed < 0 else (fed, b"" if call.input is None else call.input)
    outputs: List[Tuple[Any, ...]] = []
    places: List[Optional[int]] = []
    for descriptor, output in ((first, call.stdout), (second, call.stderr)):
        places.append(None if descriptor < 0 else len(outputs))
        if descriptor >= 0:
            outputs.append((descriptor, *(output or _ALL)))
    drain = engine.drain(children, input, outputs, call.bounds)
    return drain, (places[0], places[1])


def outcome(call: Call, children: Sequence[Any], drain: Any, places: Outputs) -> Result:
    """The Result, or an exception, when the Drain has come to the end."""
    ending, held, *_, outlived = drain.state()
    ends = tuple(child.end for child in children if child.end is not None)
    if len(ends) != len(children):
        ends = ()
    stdout = _seen(drain, places[0], call.stdout)
    stderr = _seen(drain, places[1], call.stderr)
    return call.finished(ending, ends, stdout, stderr, held, outlived)


def _seen(drain: Any, place: Optional[int], output: Any) -> Any:
    if place is None:
        return _NOTHING
    data, head, seen, complete = drain.output(place)[:4]
    return (data if output is None or output[0] else None, head, seen, complete)


def run_to_the_end(drain: Any) -> None:
    """Whatever is raised meanwhile is raised when the ladder has done its work."""
    try:
        drain.run()
    except BaseException:
        stop(drain)
        raise


def stop(drain: Any) -> None:
    """Climb the ladder. A second interruption is in a hurry: it goes to the last rung."""
    while True:
        drain.stop()
        try:
            drain.run()
        except BaseException:
            continue
        return
