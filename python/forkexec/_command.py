# SPDX-License-Identifier: MIT
"""Commands as values: to be kept, compared, sent elsewhere, put together, and run."""

import os
from typing import TYPE_CHECKING, Any, Dict, Iterator, Tuple, Union

from forkexec._keywords import SETUP, refuse_unknown
from forkexec._lower import setup_of
from forkexec._setup_table import CONVERT

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from forkexec._result import Result
    from forkexec._types import RunKeywords

_NOT_OF_POPEN = ("input", "timeout", "check")


class Command:
    """A command with all that run() can be told of it. It does not change.

        build = forkexec.Command(["make", "-j2"], cwd="/srv/app", timeout=600)
        result = build.run(capture_output=True)

    Equal ones are equal, and have the same hash, however they were written: each value is kept in
    a form that does not change. It can be pickled, and said in JSON, unless it holds open files or
    functions. None means that nothing is said.
    """

    __slots__ = ("_keywords", "args")

    args: Any
    """A str, bytes, or a tuple of these."""
    _keywords: Dict[str, Any]

    def __init__(self, args: Any, **keywords: "Unpack[RunKeywords]") -> None:
        refuse_unknown("Command", frozenset(keywords))
        object.__setattr__(self, "args", _args(args))
        object.__setattr__(self, "_keywords", _normal(dict(keywords)))
        setup_of(self._keywords)  # what is said twice, or is none of its values, is found here

    @property
    def keywords(self) -> Dict[str, Any]:
        """What is said, by keyword: a copy."""
        return dict(self._keywords)

    # ---- use ----

    def run(self, **changes: "Unpack[RunKeywords]") -> "Result":
        """run() with these keywords, and with others or other ones."""
        from forkexec._run import run

        return run(_list(self.args), **self._changed(dict(changes)))

    def popen(self, **changes: Any) -> Any:
        """A Popen with these keywords, and with others or other ones."""
        import forkexec

        keywords = self._changed(changes)
        for name in _NOT_OF_POPEN:
            if keywords.get(name):
                raise ValueError(f"{name}: means nothing to Popen; {name}=None takes it out")
            keywords.pop(name, None)
        if keywords.pop("capture_output", False):
            keywords.update(stdout=-1, stderr=-1)
        popen: Any = forkexec.Popen  # type: ignore[attr-defined,unused-ignore]
        return popen(_list(self.args), **keywords)

    def replace(self, **changes: Any) -> "Command":
        """Another one with these keywords instead, or other `args`; None takes one out."""
        args = changes.pop("args", self.args)
        return type(self)(args, **self._changed(changes))

    def _changed(self, changes: Dict[str, Any]) -> Dict[str, Any]:
        return {**self._keywords, **changes}

    def __or__(self, other: "Union[Command, Pipeline]") -> "Pipeline":
        """Both, this one's output being the other one's input."""
        if isinstance(other, (Command, Pipeline)):
            return Pipeline(self, other)
        return NotImplemented

    # ---- a value ----

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Command does not change; replace({name}=...) makes another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Command does not change; replace({name}=None) makes another one")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Command):
            return NotImplemented
        return bool(self.args == other.args and self._keywords == other._keywords)

    def __hash__(self) -> int:
        return hash((self.args, frozenset(self._keywords.items())))

    def __repr__(self) -> str:
        said = [repr(_list(self.args))]
        said += [f"{name}={value!r}" for name, value in self._keywords.items()]
        return f"{type(self).__name__}({', '.join(said)})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return _made, (type(self), self.args, self._keywords)

    # ---- JSON ----

    def to_json(self) -> str:
        """As a JSON object: args, and what is said, by keyword; doc/python-run.md has the form."""
        from forkexec._command_json import to_json

        return to_json(self.args, self._keywords)

    @classmethod
    def from_json(cls, text: Union[str, bytes]) -> "Command":
        """What to_json() gave, or anybody wrote: the values are those of the keywords."""
        from forkexec._command_json import from_json

        args, keywords = from_json(text)
        return cls(args, **keywords)


def _made(kind: "type[Command]", args: Any, keywords: Dict[str, Any]) -> Command:
    """For pickle."""
    return kind(args, **keywords)  # type: ignore[arg-type,unused-ignore]


def _list(args: Any) -> Any:
    return list(args) if isinstance(args, tuple) else args


def _args(args: Any) -> Any:
    if isinstance(args, (str, bytes, os.PathLike)):
        return os.fspath(args)
    frozen = tuple(os.fspath(each) for each in args)
    if not frozen:
        raise ValueError("args must not be empty")
    return frozen


# ---- keywords in a form that does not change ----


def _normal(given: Dict[str, Any]) -> Dict[str, Any]:
    return {name: _frozen(name, given[name]) for name in sorted(given) if given[name] is not None}


def _frozen(name: str, value: Any) -> Any:
    from forkexec._frozen import FrozenMapping

    if name in SETUP and name not in ("process_group", "umask"):
        return CONVERT[name](name, value)
    if name in ("cwd", "executable"):
        return os.fspath(value)
    if name == "env":
        return FrozenMapping(dict(value.items()))
    if name in ("pass_fds", "extra_groups") and not isinstance(value, str):
        return tuple(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if name == "tee" and isinstance(value, list):
        return tuple(value)
    if name == "tee" and hasattr(value, "items"):
        return FrozenMapping(dict(value.items()))
    return value


class Pipeline:
    """Commands, each one's output being the next one's input. It does not change.

        result = (Command(["journalctl"]) | Command(["grep", "error"])).run(capture_output=True)

    All are started, or none is, and they are one process group. Their returncodes are in
    Result.returncodes.
    """

    __slots__ = ("commands",)

    commands: Tuple[Command, ...]
    """The commands, the first one first."""

    def __init__(self, *commands: "Union[Command, Pipeline]") -> None:
        found: Tuple[Command, ...] = ()
        for each in commands:
            if not isinstance(each, (Command, Pipeline)):
                raise TypeError(f"a Pipeline is made of Commands, not {each!r}")
            found += each.commands if isinstance(each, Pipeline) else (each,)
        if not found:
            raise ValueError("a Pipeline needs a Command")
        from forkexec._pipeline import check

        check(found)
        object.__setattr__(self, "commands", found)

    def run(self, **keywords: "Unpack[RunKeywords]") -> "Result":
        """Run them all, and wait for all.

        The keywords are those of run() that are about streams, bounds and stopping: `stdin` and
        `input` for the first command, `stdout`, and what becomes of it, for the last, `stderr` for
        all. What the first and the last command say of these themselves holds if nothing is
        said here. In the Result, `returncode` is that of the last command; `check` looks at that.
        """
        from forkexec._pipeline import run_pipeline

        return run_pipeline(self.commands, dict(keywords))

    def __or__(self, other: "Union[Command, Pipeline]") -> "Pipeline":
        if isinstance(other, (Command, Pipeline)):
            return Pipeline(self, other)
        return NotImplemented

    def __iter__(self) -> Iterator[Command]:
        return iter(self.commands)

    def __len__(self) -> int:
        return len(self.commands)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Pipeline does not change")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Pipeline does not change")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pipeline):
            return NotImplemented
        return self.commands == other.commands

    def __hash__(self) -> int:
        return hash(self.commands)

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.commands))

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), self.commands

    def to_json(self) -> str:
        """As a JSON array of commands."""
        return "[" + ", ".join(command.to_json() for command in self.commands) + "]"

    @classmethod
    def from_json(cls, text: Union[str, bytes]) -> "Pipeline":
        """What to_json() gave."""
        import json

        said = json.loads(text)
        if not isinstance(said, list):
            raise ValueError("a Pipeline in JSON is an array")
        return cls(*(Command.from_json(json.dumps(each)) for each in said))
