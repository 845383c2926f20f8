# SPDX-License-Identifier: MIT
"""What is raised about children: subprocess's own exceptions and OSError, saying more."""

import os
import subprocess
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple, Type

if TYPE_CHECKING:
    from forkexec._result import Result


class CalledProcessError(subprocess.CalledProcessError):
    """The command ended with another status than 0, and `check` was asked for.

    As subprocess has it, with `result`, the Result.
    """

    result: "Optional[Result]" = None


class OutputLimitExceeded(CalledProcessError):
    """The command wrote more than `max_output` or `max_total`, and `keep` was "stop".

    It has been stopped; `output`, `stderr` and `result` have what was kept.
    """

    def __str__(self) -> str:
        return f"Command {self.cmd!r} wrote more than it may and was stopped."


class TimeoutExpired(subprocess.TimeoutExpired):
    """The command was still running after `timeout` seconds, and has been stopped.

    As subprocess has it, with `result`, the Result.
    """

    result: "Optional[Result]" = None


class IdleTimeoutExpired(TimeoutExpired):
    """The command wrote nothing for `timeout` seconds, and has been stopped."""

    def __str__(self) -> str:
        return f"Command {self.cmd!r} wrote nothing for {self.timeout} seconds"


class SpawnError(OSError):
    """A command could not be started. There is no child.

    It is also of the subclass of OSError that goes with its errno (FileNotFoundError,
    PermissionError, ...), and `filename` is what subprocess would say: the program, or the
    directory, or None. As text it is the engine's sentence.
    """

    step: str = ""
    """What failed: "exec", "chdir", "setrlimit", ...; "command" if it could not be tried."""
    subject: str = ""
    """What that was about, as the sentence has it in parentheses."""
    index: int = -1
    """Which one of its kind it was, or -1."""
    sentence: str = ""
    """`chdir("/srv/app"): No such file or directory`"""
    result: "Optional[Result]" = None
    """None: nothing ran."""

    def __str__(self) -> str:
        return self.sentence or super().__str__()

    def __reduce__(self) -> Tuple[Any, ...]:
        said = (self.errno, self.step, self.index, self.subject, self.sentence)
        return _made, (*said, self.filename), self.__dict__


# The subclasses of OSError that a start can fail with; each has one of SpawnError.
_KINDS: "Dict[Type[OSError], Type[SpawnError]]" = {}


def _kind(number: int) -> Type[SpawnError]:
    """The class of an errno: SpawnError and whatever the built-in one is."""
    builtin = type(OSError(number, ""))
    if builtin is OSError:
        return SpawnError
    kind = _KINDS.get(builtin)
    if kind is None:
        name = f"Spawn{builtin.__name__}"
        namespace = {"__doc__": SpawnError.__doc__, "__module__": __name__}
        kind = _KINDS.setdefault(builtin, type(name, (SpawnError, builtin), namespace))
    return kind


def _made(
    number: int, step: str, index: int, subject: str, sentence: str, filename: Any
) -> SpawnError:
    if filename is None:
        error = _kind(number)(number, os.strerror(number))
    else:
        error = _kind(number)(number, os.strerror(number), filename)
    error.step, error.index, error.subject, error.sentence = step, index, subject, sentence
    return error


_OF_THE_DIRECTORY = ("chdir", "fchdir")
_OF_THE_PROGRAM = ("exec",)


def spawn_error(
    number: int, step: str, index: int, subject: str, sentence: str, program: Any, directory: Any
) -> SpawnError:
    """Called by the extension."""
    filename = None
    if step in _OF_THE_DIRECTORY:
        filename = directory
    elif step in _OF_THE_PROGRAM:
        filename = program
    return _made(number, step, index, subject, sentence, filename)
