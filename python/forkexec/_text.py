# SPDX-License-Identifier: MIT
"""Bytes that a command wrote as text, also where some of them were dropped."""

import codecs
from typing import Tuple

_LONGEST = 4  # bytes of one character in the usual encodings


def decoded(
    data: bytes, stream: Tuple[object, int, int, bool], encoding: str, errors: str, ended: bool
) -> str:
    """As subprocess does it: with newlines of any kind as \\n.

    Where bytes are missing, the end was not reached, or the command was stopped, characters that
    were cut are left out, and nothing else is an error that would hide what happened.
    """
    head, seen, complete = stream[1], stream[2], stream[3]
    if ended and complete and seen == len(data):
        text = data.decode(encoding, errors)
    else:
        text = _begin(data[:head], encoding, errors) + _rest(data[head:], encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _begin(data: bytes, encoding: str, errors: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)
    try:
        return decoder(errors).decode(data)
    except UnicodeDecodeError:
        return decoder("replace").decode(data)


def _rest(data: bytes, encoding: str, errors: str) -> str:
    """What does not begin where a character does: a few bytes later it will."""
    decoder = codecs.getincrementaldecoder(encoding)
    for skipped in range(min(_LONGEST, len(data))):
        try:
            return decoder(errors).decode(data[skipped:])
        except UnicodeDecodeError:
            continue
    return decoder("replace").decode(data)
