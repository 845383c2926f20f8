# SPDX-License-Identifier: MIT
"""A call of run(): what it says to the extension, and what it makes of the answer.

aio.run() and the like take the same keywords, do the starting and draining in another way, and use
this for the two ends of it.
"""

import locale
import os
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from forkexec import _errors as errors
from forkexec._engine import engine
from forkexec._keywords import FOLLOWING, RUN, refuse_unknown
from forkexec._lower import (
    DEVNULL,
    PIPE,
    STDOUT,
    command_of,
    ladder_of,
    milliseconds,
    setup_of,
    with_scope,
)
from forkexec._result import UNREAD, Result, result_of
from forkexec._text import decoded

_KEEP = {name: engine.number("keep", name) for name in ("head", "tail", "head-and-tail", "stop")}
_BOUNDED = FOLLOWING | {"timeout", "start_new_session", "new_session", "process_group"}
_SHAPED = frozenset({"max_output", "max_total", "keep", "tee", "on_stdout", "on_stderr"})
_TEXTUAL = frozenset({"text", "encoding", "errors", "universal_newlines"})
_PLAIN_BOUNDS = (None, None, None, None, ladder_of({}, None, []))

Output = Optional[Tuple[bool, Optional[int], int, Optional[Callable[[bytes], object]], Any]]


class Call:
    """One call: `command`, `input`, `stdout`, `stderr`, `bounds` and `start_timeout` are for the
    extension's run(), close() is for afterwards, and result_of() makes the Result, or raises."""

    __slots__ = (
        "args",
        "bounds",
        "command",
        "given",
        "input",
        "opened",
        "start_timeout",
        "stderr",
        "stdout",
        "text",
    )

    def __init__(self, args: Any, given: Dict[str, Any], function: str = "run") -> None:
        if not given.keys() <= RUN:
            refuse_unknown(function, frozenset(given))
        self.args = args
        self.opened: List[int] = []
        setup = setup_of(given)
        if given.get("kill_scope") is not None:
            given = with_scope(given, setup)
        self.given = given
        self.text = None if _TEXTUAL.isdisjoint(given) else _text_of(given)
        self.stdout: Output = None
        self.stderr: Output = None
        self.bounds: Tuple[Any, ...] = _PLAIN_BOUNDS
        stdin = _descriptor("stdin", given.get("stdin"))
        self.input: Any = given.get("input")
        if self.input is not None:
            stdin = self._take_input(stdin)
        stdout, stderr = self._take_outputs()
        timeout = given.get("start_timeout")
        limit = None if timeout is None else milliseconds("start_timeout", timeout)
        self.start_timeout = -1 if limit is None else limit
        self.command = self._command(stdin, stdout, stderr, setup)
        if not _BOUNDED.isdisjoint(given):
            self.bounds = self._bounds(setup, PIPE in (stdout, stderr))

    # ---- what is said ----

    def _take_input(self, stdin: Optional[int]) -> int:
        given = self.input
        if stdin is not None:
            raise ValueError("stdin and input arguments may not both be used.")
        if isinstance(given, str):
            if self.text is None:
                raise TypeError("input: a bytes-like object is required, not 'str'")
            given = given.encode(*self.text)
        elif hasattr(given, "fileno") or hasattr(given, "read"):
            given = _content(given, self.text)
        elif self.text is not None:
            raise TypeError("input: a str is required in text mode")
        elif not isinstance(given, bytes):
            given = bytes(memoryview(given))
        self.input = given
        return PIPE

    def _take_outputs(self) -> Tuple[Optional[int], Optional[int]]:
        """The two streams, and what becomes of those that are read."""
        given = self.given
        stdout, stderr = given.get("stdout"), given.get("stderr")
        if given.get("capture_output"):
            if stdout is not None or stderr is not None:
                raise ValueError("stdout and stderr arguments may not be used with capture_output.")
            stdout = stderr = PIPE
        if _SHAPED.isdisjoint(given):
            return _descriptor("stdout", stdout), _descriptor("stderr", stderr)
        from forkexec._shape import shaped

        outputs = shaped(given, _descriptor("stdout", stdout), _descriptor("stderr", stderr), _KEEP)
        stdout, self.stdout, stderr, self.stderr = outputs
        return stdout, stderr

    def _command(
        self, stdin: Optional[int], stdout: Optional[int], stderr: Optional[int], setup: Any
    ) -> Any:
        return command_of(self.args, self.given, stdin, stdout, stderr, setup)

    def _bounds(self, setup: Any, is_read: bool) -> Tuple[Any, ...]:
        get = self.given.get
        timeout, idle, linger = get("timeout"), get("idle_timeout"), get("linger")
        if idle is not None and not is_read:
            raise ValueError("idle_timeout: needs an output that is captured, or tee")
        most = get("max_total")
        return (
            most,
            None if timeout is None else milliseconds("timeout", timeout),
            None if idle is None else milliseconds("idle_timeout", idle),
            None if linger is None else _linger(linger),
            ladder_of(self.given, setup, self.opened),
        )

    def close(self) -> None:
        """Close what was opened for it."""
        while self.opened:
            os.close(self.opened.pop())

    # ---- what came of it ----

    def result_of(self, ran: Tuple[Any, ...]) -> Result:
        """The Result of what the extension's run() gave; or one of the exceptions."""
        ending, end, stdout, stderr, held, outlived = ran
        ends = () if end is None else (end,)
        return self.finished(ending, ends, stdout, stderr, held, outlived)

    def finished(
        self,
        ending: str,
        ends: Tuple[Any, ...],
        stdout: Any,
        stderr: Any,
        held: bool,
        outlived: bool,
    ) -> Result:
        """The same, where it is known in parts: of each child how it ended, of each stream what is
        kept (or None), how much of that is its beginning, bytes seen, whether its end was."""
        first, second = stdout[0], stderr[0]
        text = self.text
        if text is not None:
            if first is not None:
                first = decoded(first, stdout, *text, ending == "exit")
            if second is not None:
                second = decoded(second, stderr, *text, ending == "exit")
        result = result_of(
            self.args,
            ends,
            ending,
            held,
            first,
            UNREAD if first is None and not stdout[2] else _counts(stdout),
            second,
            UNREAD if second is None and not stderr[2] else _counts(stderr),
        )
        if ending != "exit" or outlived:
            self._raise(result, outlived)
        if result.returncode and self.given.get("check"):
            raise _called_process_error(errors.CalledProcessError, result)
        return result

    def _raise(self, result: Result, outlived: bool) -> None:
        kinds: Dict[str, Tuple[Any, str]] = {
            "timeout": (errors.TimeoutExpired, "timeout"),
            "idle-timeout": (errors.IdleTimeoutExpired, "idle_timeout"),
        }
        if result.ending in kinds:
            kind, keyword = kinds[result.ending]
            seconds = self.given.get(keyword)
            late = kind(self.args, seconds, output=result.stdout, stderr=result.stderr)
            late.result = result
            raise late
        if result.ending == "output":
            raise _called_process_error(errors.OutputLimitExceeded, result)


def _called_process_error(kind: Any, result: Result) -> Any:
    error = kind(result.returncode, result.args, result.stdout, result.stderr)
    error.result = result
    return error


def _counts(stream: Tuple[Optional[bytes], int, int, bool]) -> Tuple[int, int, int]:
    return (stream[1], len(stream[0] or b""), stream[2])


def _linger(seconds: Any) -> int:
    whole = milliseconds("linger", seconds)
    return 2**31 - 1 if whole is None else whole


# ---- streams ----


def _descriptor(keyword: str, value: Any) -> Optional[int]:
    """PIPE, DEVNULL, STDOUT, a number, or None."""
    if value is None or type(value) is int:
        if value == STDOUT and keyword != "stderr":
            raise ValueError("STDOUT can only be used for stderr")
        return value
    if isinstance(value, int):
        return int(value)
    number: int = value.fileno()
    return number


def _content(file: Any, text: Optional[Tuple[str, str]]) -> Any:
    """A descriptor to read from, or all that there is in a file that has none."""
    try:
        return file.fileno()
    except (AttributeError, OSError, ValueError):
        content = file.read()
    if isinstance(content, str):
        return content.encode(*(text or ("utf-8", "strict")))
    return bytes(content)


def _text_of(given: Mapping[str, Any]) -> Optional[Tuple[str, str]]:
    """Encoding and errors, or None for bytes."""
    get = given.get
    encoding, handling = get("encoding"), get("errors")
    text, universal = get("text"), get("universal_newlines")
    if text is not None and universal is not None and bool(universal) != bool(text):
        import subprocess

        raise subprocess.SubprocessError(
            "Cannot disambiguate when both text and universal_newlines are supplied but "
            "different. Pass one or the other."
        )
    if not (encoding or handling or text or universal):
        return None
    return encoding or locale.getpreferredencoding(False), handling or "strict"


__all__ = ["DEVNULL", "PIPE", "STDOUT", "Call"]
