# SPDX-License-Identifier: MIT
"""The normal form of a Setup as the extension reads it: plain types, one entry a keyword."""

from typing import Any, Dict, Mapping, Union

from forkexec._frozen import FrozenMapping
from forkexec._setup_kinds import cpus_of, securebits_number


def lowered(values: Mapping[str, Any]) -> Dict[str, Any]:
    found: Dict[str, Any] = {
        keyword: tuple(value.items()) if isinstance(value, FrozenMapping) else value
        for keyword, value in values.items()
    }
    if "affinity" in found:
        found["affinity"] = tuple(cpus_of(found["affinity"]))
    if "securebits" in found:
        found["securebits"] = securebits_number(found["securebits"])
    if "scheduling" in found:
        found["scheduling"] = _scheduling(values["scheduling"])
    if isinstance(found.get("io_priority"), str):
        found["io_priority"] = (found["io_priority"], 0)
    if isinstance(found.get("groups"), tuple):
        found["groups"] = tuple(_group(each) for each in found["groups"])
    for keyword in ("environment", "environment_set"):
        if keyword in found:
            found[keyword] = tuple(f"{name}={value}" for name, value in found[keyword])
    if found.get("listen") and isinstance(found["listen"][0], tuple):
        found["listen_names"] = tuple(name for name, _ in found["listen"])
        found["listen"] = tuple(descriptor for _, descriptor in found["listen"])
    return found


def _scheduling(value: Any) -> "tuple[Any, ...]":
    """Policy, priority, reset on fork, and the three times."""
    said: Mapping[str, Any] = {"policy": value}
    if isinstance(value, FrozenMapping):
        said = value
    elif isinstance(value, tuple):
        said = {"policy": value[0], "priority": value[1]}
    times = (said.get(part, 0) for part in ("runtime", "deadline", "period"))
    return said["policy"], said.get("priority", 0), said.get("reset_on_fork", False), *times


def _group(value: Union[str, int]) -> int:
    if isinstance(value, int):
        return value
    import grp

    try:
        return grp.getgrnam(value).gr_gid
    except KeyError:
        raise ValueError(f"groups: there is no group {value!r}") from None
