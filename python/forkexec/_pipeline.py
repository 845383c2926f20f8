# SPDX-License-Identifier: MIT
"""Running a Pipeline: all its commands are started at once, and followed by one drain."""

import os
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from forkexec._call import Call
from forkexec._engine import engine
from forkexec._keywords import FOLLOWING, PROCESS, SETUP, refuse_unknown
from forkexec._lower import KILL, PIPE, SCOPES, STDOUT, command_of, rungs_of, setup_of
from forkexec._result import Result

if TYPE_CHECKING:
    from forkexec._command import Command

_OF_EACH = PROCESS | SETUP | {"setup"}
_OF_THE_FIRST = frozenset({"stdin", "input"})
_OF_THE_LAST = FOLLOWING | frozenset(
    [
        "stdout",
        "capture_output",
        "text",
        "encoding",
        "errors",
        "universal_newlines",
        "timeout",
        "check",
    ]
)
_NOT_SAID = frozenset(
    ["start_new_session", "new_session", "process_group", "kill_scope", "start_timeout"]
)
_GROUP = (SCOPES["group"], -1, False)
_JUST_THE_CHILD = ((SCOPES["process"], -1, False), ((KILL, -1),))


_ALL = (True, None, 0, None, ())
_NOTHING = (None, 0, 0, True)

Outputs = Tuple[Optional[int], Optional[int]]


def check(commands: "Sequence[Command]") -> None:
    """ValueError for what a command may not say where it stands."""
    last = len(commands) - 1
    for n, command in enumerate(commands):
        said = command.keywords
        _refuse(said, _NOT_SAID, "a pipeline is one process group, and makes it itself")
        if n > 0:
            _refuse(said, _OF_THE_FIRST, "only the first command of a pipeline has an input")
        if n < last:
            _refuse(said, _OF_THE_LAST, "only the last command of a pipeline has an output")


def _refuse(said: Dict[str, Any], names: Any, why: str) -> None:
    for name in sorted(names):
        if said.get(name) not in (None, False):
            raise ValueError(f"{name}: {why}")


def run_pipeline(commands: "Sequence[Command]", keywords: Dict[str, Any]) -> Result:
    refuse_unknown("run", frozenset(keywords))
    _refuse(keywords, _NOT_SAID, "a pipeline is one process group, and makes it itself")
    _refuse(keywords, _OF_EACH, "is said of each command of a pipeline")
    call = _PipelineCall(commands, _said(commands, keywords))
    try:
        return call.run()
    finally:
        call.close()


def _said(commands: "Sequence[Command]", keywords: Dict[str, Any]) -> Dict[str, Any]:
    """What is said of the pipeline as a whole."""
    first, last = commands[0].keywords, commands[-1].keywords
    said = {name: first[name] for name in _OF_THE_FIRST if name in first}
    said.update({name: last[name] for name in _OF_THE_LAST if name in last})
    if {"stdin", "input"} & set(keywords):
        said.pop("stdin", None)
        said.pop("input", None)
    return {**said, **keywords}


class _PipelineCall(Call):
    """A call of run() whose command is several."""

    __slots__ = ("commands", "stderr_read", "stderr_write")

    def __init__(self, commands: "Sequence[Command]", given: Dict[str, Any]) -> None:
        self.commands = commands
        self.stderr_read: Optional[int] = None
        self.stderr_write: Optional[int] = None
        args = [list(each.args) if isinstance(each.args, tuple) else each.args for each in commands]
        super().__init__(args, given)
        self.bounds = (*self.bounds[:4], (_GROUP, rungs_of(given)))

    def close(self) -> None:
        super().close()
        self._close_stderr()
        if self.stderr_read is not None:
            os.close(self.stderr_read)
            self.stderr_read = None

    def _close_stderr(self) -> None:
        if self.stderr_write is not None:
            os.close(self.stderr_write)
            self.stderr_write = None

    def run(self) -> Result:
        children = engine.spawn_pipeline(self.command)
        self._close_stderr()
        try:
            drain, places = _follow(self, children, self.stderr_read)
        except BaseException:
            for child in children:
                child.stop(_JUST_THE_CHILD)
            raise
        self.stderr_read = None
        try:
            _run_to_the_end(drain)
            return _outcome(self, children, drain, places)
        finally:
            drain.close()
            for child in children:
                child.close()

    def _command(
        self, stdin: Optional[int], stdout: Optional[int], stderr: Optional[int], setup: Any
    ) -> Any:
        """Standard error of all is one pipe, if it is read: so it is in the order of time."""
        if stderr == PIPE:
            self.stderr_read, self.stderr_write = engine.cloexec_pipe()
            stderr = self.stderr_write
        last = len(self.commands) - 1
        found: List[Tuple[Any, ...]] = []
        for n, command in enumerate(self.commands):
            found.append(
                self._one(
                    command,
                    stdin if n == 0 else None,
                    stdout if n == last else None,
                    stderr if n == last or stderr != STDOUT else None,
                )
            )
        return found

    def _one(
        self,
        command: "Command",
        stdin: Optional[int],
        stdout: Optional[int],
        stderr: Optional[int],
    ) -> Tuple[Any, ...]:
        given = {name: value for name, value in command.keywords.items() if name in _OF_EACH}
        own = command.keywords.get("stderr")
        if own is not None and own != PIPE:
            stderr = own if isinstance(own, int) else own.fileno()
        args = list(command.args) if isinstance(command.args, tuple) else command.args
        return command_of(args, given, stdin, stdout, stderr, setup_of(given))


# ---- following ----


def _follow(
    call: Call, children: Sequence[Any], stderr: Optional[int] = None
) -> "Tuple[Any, Outputs]":
    """A Drain that does what the keywords of the call say to these children: it feeds the first
    one, and reads the last one. `stderr` is what is read as such if it is not a pipe of the last
    child's; the Drain's from here on. With it the places of stdout and stderr among its outputs,
    for _outcome()."""
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


def _outcome(call: Call, children: Sequence[Any], drain: Any, places: Outputs) -> Result:
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


def _run_to_the_end(drain: Any) -> None:
    """Whatever is raised meanwhile is raised when the ladder has done its work."""
    try:
        drain.run()
    except BaseException:
        _stop(drain)
        raise


def _stop(drain: Any) -> None:
    """Climb the ladder. A second interruption is in a hurry: it goes to the last rung."""
    while True:
        drain.stop()
        try:
            drain.run()
        except BaseException:
            continue
        return
