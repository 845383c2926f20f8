# SPDX-License-Identifier: MIT
"""The file objects of a Popen, and the descriptors that its drain follows instead of them.

They stay the caller's, usable before, between and after calls of communicate(): the drain has
duplicates. What a file object has read ahead is put in front of what the drain reads.
"""

import io
import os
from typing import IO, Any, Iterable, Optional, Union


class Outgoing:
    """A child's stream that communicate() reads: its file object, and what that had read ahead."""

    def __init__(self, file: IO[Any]) -> None:
        self.file = file
        self._ahead: Union[bytes, str] = b""
        self.descriptor = os.dup(file.fileno())
        try:
            self._ahead = _read_ahead(file)
        except BaseException:
            os.close(self.descriptor)
            raise

    def bytes_with(self, data: bytes) -> bytes:
        """What there is, as bytes in any case."""
        if isinstance(self._ahead, str):
            text: Any = self.file
            return self._ahead.encode(text.encoding, text.errors) + data
        return self._ahead + data

    def text_with(self, text: str) -> str:
        return self._ahead + text if isinstance(self._ahead, str) else text


def _read_ahead(file: IO[Any]) -> Union[bytes, str]:
    """What its buffers hold, and nothing of the pipe, whose place an empty file takes meanwhile."""
    if isinstance(file, io.RawIOBase):
        return b""
    descriptor = file.fileno()
    pipe = os.dup(descriptor)
    try:
        empty = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.dup2(empty, descriptor, inheritable=False)
        finally:
            os.close(empty)
        try:
            data: Union[bytes, str, None] = file.read()
        finally:
            os.dup2(pipe, descriptor, inheritable=False)
    finally:
        os.close(pipe)
    return data or b""


def give_up_stdin(file: IO[Any], keep: bool) -> Optional[int]:
    """Write out what it holds and close it; a duplicate for the drain if that is to go on."""
    if file.closed:
        if keep:
            raise ValueError("write to closed file")
        return None
    _without_reader(file.flush)
    descriptor = os.dup(file.fileno()) if keep else None
    _without_reader(file.close)
    return descriptor


def _without_reader(action: Any) -> None:
    try:
        action()
    except BrokenPipeError:
        pass  # that a child does not want its input is no error of communicate()


def set_blocking(files: Iterable[Optional[IO[Any]]], blocking: bool) -> None:
    """The drain and the file object share what the kernel calls an open file."""
    for file in files:
        if file is not None and not file.closed:
            os.set_blocking(file.fileno(), blocking)
