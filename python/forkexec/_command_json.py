# SPDX-License-Identifier: MIT
"""A Command as JSON, and back."""

import json
from typing import Any, Dict, Mapping, Tuple, Union

from forkexec._frozen import FrozenMapping
from forkexec._json import loads, meant, plain
from forkexec._keywords import RUN, SETUP
from forkexec._lower import DEVNULL, PIPE, STDOUT
from forkexec._setup import Setup

_STREAMS = {PIPE: "pipe", DEVNULL: "devnull", STDOUT: "stdout"}
_NUMBERS = {name: number for number, name in _STREAMS.items()}
_IN_SETUP = SETUP - {"process_group", "umask"}


def to_json(args: Any, keywords: Mapping[str, Any]) -> str:
    said: Dict[str, Any] = {"args": plain(args)}
    own = {name: value for name, value in keywords.items() if name in _IN_SETUP}
    for name, value in keywords.items():
        if name not in own:
            said[name] = _plain(name, value)
    said.update(json.loads(Setup(**own).to_json()))
    return json.dumps(said)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Setup):
        return json.loads(value.to_json())
    if name in ("stdin", "stdout", "stderr") and isinstance(value, int):
        return _STREAMS.get(value, value)
    if isinstance(value, FrozenMapping) and name == "env":
        return [plain(pair) for pair in value.items()]
    if callable(value) or hasattr(value, "fileno"):
        what = "an open file" if hasattr(value, "fileno") else "a function"
        raise TypeError(f"{name}: {what} cannot be said in JSON")
    try:
        return plain(value)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def from_json(text: Union[str, bytes]) -> Tuple[Any, Dict[str, Any]]:
    said = loads(text, "Command")
    if "args" not in said:
        raise ValueError("a Command in JSON has args")
    args = meant(said.pop("args"))
    unknown = sorted(set(said) - RUN)
    if unknown:
        raise ValueError(f"{unknown[0]}: Command has no such keyword")
    own = {name: said.pop(name) for name in list(said) if name in _IN_SETUP}
    keywords = {name: _meant(name, value) for name, value in said.items()}
    keywords.update(Setup.from_json(json.dumps(own))._values)
    return args, keywords


def _meant(name: str, value: Any) -> Any:
    if name in ("setup", "preexec_fn"):
        return Setup.from_json(json.dumps(value))
    if name in ("stdin", "stdout", "stderr") and isinstance(value, str):
        if value not in _NUMBERS:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(_NUMBERS)}")
        return _NUMBERS[value]
    if name == "env" and isinstance(value, list):
        return {meant(left): meant(right) for left, right in value}
    return meant(value)
