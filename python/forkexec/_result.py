# SPDX-License-Identifier: MIT
"""What came of a command that was run."""

from typing import Any, Dict, NamedTuple, Tuple, Union

from forkexec._engine import engine
from forkexec._errors import CalledProcessError

ResultParts = engine.ResultParts

_NANOSECOND = 1e-9


class Usage(NamedTuple):
    """What a command used, itself and by those of its children that it waited for: getrusage(2).

    Of a pipeline: the sum of all; of max_resident, the largest.
    """

    user_time: float
    """seconds"""
    system_time: float
    """seconds"""
    max_resident: int
    """bytes"""
    minor_faults: int
    major_faults: int
    block_inputs: int
    block_outputs: int
    voluntary_switches: int
    involuntary_switches: int


# returncode, signal, core_dumped, duration in ns, then as in Usage with times in ns
End = Tuple[int, int, bool, int, int, int, int, int, int, int, int, int, int]
# How many of the bytes kept are the first ones; kept; seen.
Stream = Tuple[int, int, int]
UNREAD: Stream = (0, 0, 0)


class Result(ResultParts):
    """What came of a command: as subprocess.CompletedProcess, and more. It does not change.

    args: what was run, as it was given; of a pipeline, a list of these.
    returncode: the exit status, or -N if signal N ended it; of a pipeline, that of the last
        command. 0 if somebody else reaped it, as subprocess has it.
    stdout, stderr: what was kept; bytes, or str in text mode; None for what was not captured.
    ending: why it ended: "exit" (by itself), "timeout", "idle-timeout", "output" (it wrote more
        than it may), "stop".
    held: somebody else, as a process that it left behind, still held stdout or stderr open when
        `linger` was over; what they write after that is lost.
    """

    __slots__ = ()

    def __new__(
        cls, args: Any, returncode: int, stdout: Any = None, stderr: Any = None
    ) -> "Result":
        """As CompletedProcess has it, for tests of what takes a Result."""
        end = (returncode, max(0, -returncode), False, *(0,) * 10)
        counts = (_whole(stdout), _whole(stderr))
        return result_of(args, (end,), "exit", False, stdout, counts[0], stderr, counts[1])

    # ---- how it ended ----

    @property
    def returncodes(self) -> Tuple[int, ...]:
        """Of each command of a pipeline; else of the one."""
        return tuple(end[0] for end in self._ends) or (self.returncode,)

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return self._ends[-1][1] if self._ends else 0

    @property
    def core_dumped(self) -> bool:
        """It left a core dump."""
        return self._ends[-1][2] if self._ends else False

    @property
    def duration(self) -> float:
        """Seconds from before it was started until it was seen to have ended."""
        return max((end[3] for end in self._ends), default=0) * _NANOSECOND

    @property
    def usage(self) -> Usage:
        """What it used."""
        if not self._ends:
            return Usage(0.0, 0.0, *(0,) * 7)
        columns = list(zip(*(end[4:] for end in self._ends)))
        user, system, resident, *others = columns
        times = (sum(user) * _NANOSECOND, sum(system) * _NANOSECOND)
        return Usage(*times, max(resident), *(sum(other) for other in others))

    def check_returncode(self) -> None:
        """Raise CalledProcessError if the returncode is not 0."""
        if self.returncode:
            error = CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)
            error.result = self
            raise error

    # ---- what it wrote ----

    @property
    def stdout_seen(self) -> int:
        """Bytes of its output that were read, kept or not; 0 if it was not read."""
        return self._stdout[2]

    @property
    def stderr_seen(self) -> int:
        """The same of standard error."""
        return self._stderr[2]

    @property
    def stdout_kept(self) -> int:
        """Bytes that `stdout` was made of."""
        return self._stdout[1]

    @property
    def stderr_kept(self) -> int:
        """The same of standard error."""
        return self._stderr[1]

    @property
    def stdout_head(self) -> int:
        """So many of the bytes kept are the first ones that it wrote, the rest the last ones."""
        return self._stdout[0]

    @property
    def stderr_head(self) -> int:
        """The same of standard error."""
        return self._stderr[0]

    # ---- a value ----

    def _state(self) -> Tuple[Any, ...]:
        streams = (self.stdout, self._stdout, self.stderr, self._stderr)
        return (self.args, self._ends, self.ending, self.held, *streams)

    def _value(self) -> Tuple[Any, ...]:
        from forkexec._json import frozen

        return (frozen(self.args), *self._state()[1:])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return self._value() == other._value()

    def __hash__(self) -> int:
        return hash(self._value())

    def __repr__(self) -> str:
        shown = [f"args={self.args!r}", f"returncode={self.returncode!r}"]
        for name in ("stdout", "stderr"):
            value = getattr(self, name)
            if value is not None:
                shown.append(f"{name}={_shortened(value)}")
        if self.ending != "exit":
            shown.append(f"ending={self.ending!r}")
        if self.held:
            shown.append("held=True")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return result_of, self._state()

    # ---- JSON ----

    def to_json(self) -> str:
        """As a JSON object. Bytes are {"utf8": text} or, where they are none, {"base64": text}."""
        from forkexec._json import dumps

        names = ("args", "returncode", "returncodes", "signal", "core_dumped", "ending", "held")
        said: Dict[str, Any] = {name: getattr(self, name) for name in names}
        said["duration"] = self.duration
        said["usage"] = self.usage._asdict()
        for name in ("stdout", "stderr"):
            said[name] = getattr(self, name)
            said[name + "_seen"] = getattr(self, name + "_seen")
            said[name + "_kept"] = getattr(self, name + "_kept")
        said["ends"] = self._ends
        said["heads"] = (self.stdout_head, self.stderr_head)
        return dumps(said)

    @classmethod
    def from_json(cls, text: Union[str, bytes]) -> "Result":
        """What to_json() gave. `ends` and `heads` are what it is made of again."""
        from forkexec._json import frozen, loads, meant

        said = loads(text, "Result")
        try:
            streams = [
                (head, said[name + "_kept"], said[name + "_seen"])
                for head, name in zip(said["heads"], ("stdout", "stderr"))
            ]
            ends = frozen(said["ends"])
            first, second = meant(said["stdout"]), meant(said["stderr"])
            how = (said["ending"], said["held"])
            return result_of(meant(said["args"]), ends, *how, first, streams[0], second, streams[1])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a Result in JSON: {error!r}") from error


def _shortened(value: Any) -> str:
    return repr(value) if len(value) <= 200 else f"{value[:100]!r}...{value[-100:]!r}"


def _whole(value: Any) -> Stream:
    size = len(value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value or b"")
    return (size, size, size)


def result_of(*state: Any) -> Result:
    """One from what it is made of: those of ResultParts."""
    return ResultParts.__new__(Result, *state)  # type: ignore[return-value]
