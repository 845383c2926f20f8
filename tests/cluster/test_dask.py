# SPDX-License-Identifier: MIT
"""Commands mapped over the workers of a real Dask: two processes, all to and fro pickled."""

from __future__ import annotations

import os
import select
from collections import Counter
from pathlib import Path
from typing import Any

import forkexec
import pytest
from distributed import Client

from tests.cluster.conftest import WORKERS
from tests.cluster.work import COUNT, DEADLINE, numbers

LONG = 3600  # seconds that no test waits for


def shell(code: str, place: Path, *arguments: object, **options: Any) -> forkexec.Command:
    words = ["sh", "-c", code, "sh", *map(str, arguments)]
    return forkexec.Command(words, cwd=str(place), capture_output=True, **options)


def test_each_runs_once_and_both_workers_run_some(client: Client, tmp_path: Path) -> None:
    code = 'echo "$1" >> ran; echo $PPID'
    commands = [shell(code, tmp_path, number) for number in range(COUNT)]
    results = client.gather(client.map(forkexec.run, commands, pure=False))

    assert Counter(numbers(tmp_path / "ran")) == Counter(range(COUNT))
    assert {type(result) for result in results} == {forkexec.Result}
    assert [list(result.args) for result in results] == [list(each.args) for each in commands]
    assert {result.returncode for result in results} == {0}
    workers = {int(result.stdout) for result in results}
    assert workers == set(client.run(os.getpid).values()) and len(workers) == WORKERS


def test_equal_commands_are_one_task_unless_said_to_be_impure(
    client: Client, tmp_path: Path
) -> None:
    same = [shell("echo 1 >> ran", tmp_path)] * 3
    client.gather(client.map(forkexec.run, same))
    assert numbers(tmp_path / "ran") == [1]
    client.gather(client.map(forkexec.run, same, pure=False))
    assert numbers(tmp_path / "ran") == [1] * 4


def test_a_failure_is_raised_where_the_result_is_asked_for(client: Client, tmp_path: Path) -> None:
    failing = shell("echo out; echo err >&2; exit 3", tmp_path, check=True)
    future = client.submit(forkexec.run, failing, pure=False)
    with pytest.raises(forkexec.CalledProcessError) as caught:
        future.result()
    raised = caught.value
    assert (raised.returncode, raised.stdout, raised.stderr) == (3, b"out\n", b"err\n")
    assert raised.result is not None and raised.result.returncode == 3
    assert list(raised.cmd) == list(failing.args)


def test_what_cannot_be_started_is_named_on_the_client(client: Client, tmp_path: Path) -> None:
    future = client.submit(forkexec.run, forkexec.Command([str(tmp_path / "absent")]), pure=False)
    with pytest.raises(FileNotFoundError, match="absent") as caught:
        future.result()
    assert isinstance(caught.value, forkexec.SpawnError) and caught.value.step == "exec"


def test_retries_run_a_command_again(client: Client, tmp_path: Path) -> None:
    code = 'echo 1 >> ran; test "$(wc -l < ran)" -eq 3'
    flaky = shell(code, tmp_path, check=True)
    (future,) = client.map(forkexec.run, [flaky], retries=2, pure=False)
    assert future.result().returncode == 0
    assert numbers(tmp_path / "ran") == [1, 1, 1]


def test_after_a_timeout_nothing_of_it_is_left_on_the_worker(
    client: Client, tmp_path: Path
) -> None:
    """Its grandchild holds the end of a pipe that it was given by name: it is read to its end."""
    os.mkfifo(tmp_path / "alive")
    reading = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    code = 'echo so far; { echo up; exec sleep "$1"; } > alive & wait'
    try:
        late = shell(code, tmp_path, LONG, timeout=5)
        future = client.submit(forkexec.run, late, pure=False)
        with pytest.raises(forkexec.TimeoutExpired) as caught:
            future.result()
        assert caught.value.stdout == b"so far\n"
        heard = b""
        while select.select([reading], [], [], DEADLINE)[0]:
            more = os.read(reading, 64)
            if not more:
                break
            heard += more
        else:
            pytest.fail("the grandchild lives on")
        assert heard == b"up\n"
    finally:
        os.close(reading)
