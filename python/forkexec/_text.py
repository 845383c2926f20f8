# SPDX-License-Identifier: MIT
"""Bytes that a command wrote as text, also where some of them were dropped."""

import codecs
from typing import Tuple

_LONGEST = 4  # bytes of one character in the usual encodings


def decoded(data: bytes, stream: Tuple[object, int, int, bool], encoding: str, errors: str) -> str:
    """As subprocess does it: with newlines of any kind as \\n.

    Where bytes are missing, or the end was not reached, characters that were cut are left out.
    """
    head, seen, complete = stream[1], stream[2], stream[3]
    if complete and seen == len(data):
        text = data.decode(encoding, errors)
    else:
        text = _begin(data[:head], encoding, errors) + _rest(data[head:], encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _begin(data: bytes, encoding: str, errors: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors).decode(data)


def _rest(data: bytes, encoding: str, errors: str) -> str:
    """What does not begin where a character does: a few bytes later it will."""
    for skipped in range(min(_LONGEST, len(data))):
        try:
            return _begin(data[skipped:], encoding, errors)
        except UnicodeDecodeError:
            continue
    return data.decode(encoding, "replace")
