# SPDX-License-Identifier: MIT
"""Values with bytes in them as JSON, and back.

Bytes are an object of one member: {"utf8": "text"}, or {"base64": "..."} where they are not UTF-8.
"""

import base64
import json
import os
from typing import Any, Dict, Mapping, Union


def plain(value: Any) -> Any:
    """What json.dumps takes, or TypeError."""
    if isinstance(value, bytes):
        try:
            return {"utf8": value.decode("utf-8")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Mapping):
        return {_name(name): plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, os.PathLike):
        return plain(os.fspath(value))
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{value!r} cannot be said in JSON")


def _name(name: Any) -> str:
    if isinstance(name, bytes):
        return os.fsdecode(name)
    if not isinstance(name, str):
        raise TypeError(f"{name!r} cannot be a name in JSON")
    return name


def meant(value: Any) -> Any:
    """With the bytes that objects stand for, in lists too."""
    if isinstance(value, list):
        return [meant(each) for each in value]
    if isinstance(value, dict) and len(value) == 1:
        if isinstance(value.get("utf8"), str):
            return value["utf8"].encode("utf-8")
        if isinstance(value.get("base64"), str):
            return base64.b64decode(value["base64"], validate=True)
    return value


def dumps(value: Any) -> str:
    return json.dumps(plain(value))


def loads(text: Union[str, bytes], what: str) -> Dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"a {what} in JSON is an object")
    return value


def frozen(value: Any) -> Any:
    """With tuples in the place of lists, and without paths: what a JSON round trip leaves alone."""
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else value
