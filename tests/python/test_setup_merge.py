# SPDX-License-Identifier: MIT
"""Two Setups as one."""

from typing import Any, Dict, List, Tuple

import pytest
from forkexec import Setup

MERGED: List[Tuple[Dict[str, Any], Dict[str, Any], Dict[str, Any]]] = [
    ({"nice": 1}, {"umask": 2}, {"nice": 1, "umask": 2}),
    ({"nice": 1}, {"nice": 2}, {"nice": 2}),
    ({"nice": 1}, {"nice_absolute": 2}, {"nice_absolute": 2}),
    ({"new_session": True}, {"process_group": 0}, {"process_group": 0}),
    (
        {"limits": {"cpu": 1, "core": 0}},
        {"limits": {"core": 2, "nofile": 3}},
        {"limits": {"cpu": 1, "core": 2, "nofile": 3}},
    ),
    (
        {"landlock": {"/": "ro"}},
        {"landlock": {"/tmp": "rw"}},
        {"landlock": {"/": "ro", "/tmp": "rw"}},
    ),
    ({"landlock": {"/": "ro"}}, {"landlock_fd": 3}, {"landlock_fd": 3}),
    ({"map": {3: 4}}, {"map": {5: 6}}, {"map": {3: 4, 5: 6}}),
    ({"environment": {"A": "1"}}, {"environment": {"B": "2"}}, {"environment": {"B": "2"}}),
    (
        {"environment_set": {"A": "1", "B": "1"}},
        {"environment_set": {"B": "2"}},
        {"environment_set": {"A": "1", "B": "2"}},
    ),
    (
        {"environment_set": {"A": "1", "B": "1"}, "environment_unset": ["C"]},
        {"environment_unset": ["A"]},
        {"environment_set": {"B": "1"}, "environment_unset": ["A", "C"]},
    ),
    ({"environment_set": {"A": "1"}}, {"environment": {}}, {"environment": {}}),
    (
        {"ignored_signals": ["INT"]},
        {"ignored_signals": ["HUP"]},
        {"ignored_signals": ["HUP", "INT"]},
    ),
    ({"ignored_signals": ["INT"]}, {"default_signals": ["INT"]}, {"default_signals": ["INT"]}),
    ({"ignored_signals": ["INT"]}, {"default_signals": "all"}, {"default_signals": "all"}),
    ({"blocked_signals": ["INT"]}, {"blocked_signals": ["HUP"]}, {"blocked_signals": ["HUP"]}),
    ({"block_signals": ["INT"]}, {"blocked_signals": ["HUP"]}, {"blocked_signals": ["HUP"]}),
    ({"blocked_signals": ["HUP"]}, {"unblock_signals": ["INT"]}, {"unblock_signals": ["INT"]}),
    ({"block_signals": ["INT"]}, {"unblock_signals": ["INT"]}, {"unblock_signals": ["INT"]}),
    ({"keep": [3]}, {"keep": [5]}, {"keep": [3, 5]}),
    ({"best_effort": ["nice"]}, {"best_effort": ["umask"]}, {"best_effort": ["nice", "umask"]}),
    ({"groups": [1]}, {"groups": [2]}, {"groups": [2]}),
]


@pytest.mark.parametrize(("left", "right", "wanted"), MERGED, ids=str)
def test_two_make_one(left: Dict[str, Any], right: Dict[str, Any], wanted: Dict[str, Any]) -> None:
    assert Setup(**left) | Setup(**right) == Setup(**wanted)


def test_all_but_some() -> None:
    setup = Setup(ignored_signals="all") | Setup(default_signals=["INT"])
    assert setup.default_signals == ("INT",)
    assert "TERM" in setup.ignored_signals and "RTMIN+30" in setup.ignored_signals
    assert not {"INT", "KILL", "STOP"} & set(setup.ignored_signals)


def test_merging_is_for_setups() -> None:
    with pytest.raises(TypeError):
        Setup() | 5  # type: ignore[operator]
    assert Setup() | Setup() == Setup()
