# SPDX-License-Identifier: MIT
"""A Setup as JSON, and back."""

import base64
import binascii
import json
from typing import Any, Dict, Mapping, Union

from forkexec._frozen import FrozenMapping
from forkexec._setup_table import CONVERT


def to_json(values: Mapping[str, Any]) -> str:
    return json.dumps({keyword: _plain(keyword, value) for keyword, value in values.items()})


def _plain(keyword: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if keyword == "map":  # the names in an object are strings, and these are numbers
        return [list(pair) for pair in value.items()]
    if isinstance(value, FrozenMapping):
        return dict(value)
    return value


def from_json(text: Union[str, bytes]) -> Dict[str, Any]:
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("a Setup in JSON is an object")
    for keyword in values:
        if keyword not in CONVERT:
            raise ValueError(f"{keyword}: Setup has no such keyword")
    if values.get("seccomp") is not None:
        values["seccomp"] = _decoded("seccomp", values["seccomp"])
    return values


def _decoded(keyword: str, value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{keyword}: needs base64 in JSON, not {value!r}")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{keyword}: {error}") from error
