# SPDX-License-Identifier: MIT
"""communicate() of a Popen: what it has begun, and goes on with after a timeout."""

import contextlib
import io
import os
from typing import IO, Any, Callable, Optional

from forkexec._call import Call
from forkexec._follow import Following

TYPE_CHECKING = False
if TYPE_CHECKING:
    from forkexec._native import Child


class Communication:
    """The streams of a Popen in the hands of a drain.

    The file objects stay the caller's, and are usable before, between and after: the drain has
    duplicates. What a file object has read ahead comes before what the drain reads.
    """

    def __init__(self, popen: Any, call: Call, child: "Child", data: Any) -> None:
        given = _encoded(popen, data)
        self._files = [_unless_closed(popen.stdout), _unless_closed(popen.stderr)]
        ends, ahead = [-1, -1, -1], [b"", b""]
        try:
            for number, file in enumerate(self._files):
                if file is not None:
                    ends[number + 1] = os.dup(file.fileno())
                    ahead[number] = _read_ahead(file)
            if popen.stdin is not None:
                ends[0] = _give_up(popen.stdin, bool(given))
            self.following = Following(call, child, ends, given, ahead)
        except BaseException:
            for end in ends:
                if end >= 0:
                    os.close(end)
            raise

    def run(self, milliseconds: int) -> bool:
        """Go on for so long; True when all is over."""
        self._set_blocking(False)
        try:
            is_over = self.following.drain.run(milliseconds)
        except BaseException:
            self._set_blocking(True)
            raise
        if not is_over:
            self._set_blocking(True)
            return False
        for file in self._files:
            if file is not None:
                file.close()
        return True

    def _set_blocking(self, blocking: bool) -> None:
        """The drain's descriptor and the file object's are of one open file."""
        for file in self._files:
            if file is not None and not file.closed:
                os.set_blocking(file.fileno(), blocking)


def _encoded(popen: Any, data: Any) -> Optional[bytes]:
    if popen.stdin is None or data is None:
        return None
    if popen.text_mode:
        data = data.encode(popen.stdin.encoding, popen.stdin.errors)
    return data if isinstance(data, bytes) else bytes(memoryview(data))


def _unless_closed(file: Optional[IO[Any]]) -> Optional[IO[Any]]:
    return None if file is None or file.closed else file


def _read_ahead(file: Any) -> bytes:
    """What its buffers hold, and nothing of the pipe, whose place an empty file takes meanwhile."""
    if isinstance(file, io.RawIOBase):
        return b""
    descriptor = file.fileno()
    pipe = os.dup(descriptor)
    try:
        empty = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.dup2(empty, descriptor, inheritable=False)
            data = file.read()
        finally:
            os.dup2(pipe, descriptor, inheritable=False)
            os.close(empty)
    finally:
        os.close(pipe)
    # Not of nothing, which some encodings begin with a mark.
    return (
        data.encode(file.encoding, file.errors) if data and isinstance(data, str) else data or b""
    )


def _give_up(stdin: IO[Any], keep: bool) -> int:
    """Write out what it holds, and close it; a duplicate for the drain if that is to go on."""
    if stdin.closed:
        if keep:
            raise ValueError("write to closed file")
        return -1
    _without_reader(stdin.flush)
    end = os.dup(stdin.fileno()) if keep else -1
    _without_reader(stdin.close)
    return end


def _without_reader(action: "Callable[[], object]") -> None:
    # That a child does not want its input is no error of communicate().
    with contextlib.suppress(BrokenPipeError):
        action()
