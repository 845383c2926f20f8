# SPDX-License-Identifier: MIT
"""forkexec batch: shards of one file have nothing in common and miss nothing; which one is ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.batch import batch, endings, lines, rows
from tests.cli.support import FAILED, Outcome

SCHEDULERS = ["SLURM_", "JOB_COMPLETION_INDEX", "NOMAD_", "AWS_BATCH_", "FORKEXEC_SHARDS"]


def numbered(count: int) -> str:
    """Comments and empty lines have no number."""
    return "".join(f"# {n}\n\necho {n}\n" for n in range(1, count + 1))


def part(count: int, shard: str, folder: Path) -> list[int]:
    outcome = batch(numbered(count), "--dry-run", "--shard", shard, cwd=folder)
    assert (outcome.status, outcome.stderr) == (0, "")
    return [int(line.split()[1]) for line in outcome.stdout.splitlines()]


@settings(deadline=None, max_examples=40)
@given(count=st.integers(0, 40), shards=st.integers(1, 12))
def test_shards_are_the_file(folder: Path, count: int, shards: int) -> None:
    parts = [part(count, f"{k}/{shards}", folder) for k in range(1, shards + 1)]
    assert sorted(n for found in parts for n in found) == list(range(1, count + 1))
    for k, found in enumerate(parts, 1):
        assert all((n - 1) % shards == k - 1 for n in found)


def test_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    """So that the logs of all shards together are that of the file."""
    for k in (1, 2, 3):
        outcome = batch(
            numbered(8), "--shard", f"{k}/3", "-j1", "--joblog", "log.%K.%K", cwd=tmp_path
        )
        assert outcome.status == 0
    logs = [endings(tmp_path / f"log.{k}.{k}") for k in (1, 2, 3)]
    assert [sorted(log) for log in logs] == [[1, 4, 7], [2, 5, 8], [3, 6]]
    assert rows(tmp_path / "log.2.2")[0].command == "echo 2"


def from_environment(folder: Path, *arguments: str, **variables: str) -> Outcome:
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(tuple(SCHEDULERS))
    }
    return batch(
        lines([f"echo {n}" for n in range(1, 10)]),
        *("-j1", *(arguments or ("--shard-from-env",))),
        cwd=folder,
        env={**environment, **variables},
    )


def slurm(index: int, least: int, most: int, count: int, step: int = 1) -> dict[str, str]:
    return {
        "SLURM_ARRAY_TASK_ID": str(index),
        "SLURM_ARRAY_TASK_MIN": str(least),
        "SLURM_ARRAY_TASK_MAX": str(most),
        "SLURM_ARRAY_TASK_COUNT": str(count),
        "SLURM_ARRAY_TASK_STEP": str(step),
    }


COUNTED = {"FORKEXEC_SHARDS": "4"}
GOOD = [
    (slurm(0, 0, 3, 4), (), 1),
    (slurm(3, 0, 3, 4), (), 4),
    (slurm(2, 1, 4, 4), (), 2),
    (slurm(7, 1, 10, 4, 3), (), 3),
    # One task of four that is submitted once more.
    (slurm(2, 2, 2, 1), ("--shards", "1-4"), 2),
    (slurm(5, 3, 9, 3), ("--shards", "4-7"), 2),
    ({"AWS_BATCH_JOB_ARRAY_INDEX": "1", "AWS_BATCH_JOB_ARRAY_SIZE": "4"}, (), 2),
    ({"JOB_COMPLETION_INDEX": "2", **COUNTED}, (), 3),
    ({"JOB_COMPLETION_INDEX": "2", "FORKEXEC_SHARDS": "9"}, ("--shards", "4"), 3),
    ({"NOMAD_ALLOC_INDEX": "0"}, ("--shards", "4"), 1),
    ({"NOMAD_ALLOC_INDEX": "0", "JOB_COMPLETION_INDEX": "3", **COUNTED}, ("kubernetes",), 4),
    ({"PBS_ARRAY_INDEX": "12"}, ("PBS_ARRAY_INDEX", "--shards", "10-13"), 3),
]


@pytest.mark.parametrize(("variables", "arguments", "shard"), GOOD)
def test_schedulers(
    folder: Path, variables: dict[str, str], arguments: tuple[str, ...], shard: int
) -> None:
    named = bool(arguments) and not arguments[0].startswith("-")
    first = f"--shard-from-env={arguments[0]}" if named else "--shard-from-env"
    outcome = from_environment(folder, first, *arguments[named:], **variables)
    expected = "".join(f"{n}\n" for n in range(shard, 10, 4))
    assert (outcome.status, outcome.stdout, outcome.stderr) == (0, expected, "")


BAD = [
    (
        {},
        "this is no array job: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, "
        "NOMAD_ALLOC_INDEX and AWS_BATCH_JOB_ARRAY_INDEX is set",
    ),
    (
        COUNTED,
        "this is no array job: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, "
        "NOMAD_ALLOC_INDEX and AWS_BATCH_JOB_ARRAY_INDEX is set",
    ),
    (
        {"JOB_COMPLETION_INDEX": "1"},
        "how many shards there are is not known; say it with --shards or "
        "the variable FORKEXEC_SHARDS",
    ),
    (
        {"SLURM_ARRAY_TASK_ID": "1"},
        "SLURM_ARRAY_TASK_MIN is not set; which shard this is cannot be known",
    ),
    (
        {**COUNTED, "JOB_COMPLETION_INDEX": "x"},
        "JOB_COMPLETION_INDEX is not a number; which shard this is cannot be known",
    ),
    (
        {**COUNTED, "JOB_COMPLETION_INDEX": ""},
        "JOB_COMPLETION_INDEX is not a number; which shard this is cannot be known",
    ),
    (
        {**COUNTED, "JOB_COMPLETION_INDEX": "4"},
        "JOB_COMPLETION_INDEX is 4, which is not one of 0-3",
    ),
    (
        slurm(2, 2, 2, 1),
        "the array has one task only; say with --shards which it is one of, as 0-7",
    ),
    (
        slurm(3, 1, 9, 3),
        "the array is not a range; say with --shards which indices there are, as 0-7",
    ),
    (
        {**COUNTED, "JOB_COMPLETION_INDEX": "1", "NOMAD_ALLOC_INDEX": "1"},
        "both JOB_COMPLETION_INDEX and NOMAD_ALLOC_INDEX are set; say which one, as "
        "--shard-from-env=nomad",
    ),
    (
        {"AWS_BATCH_JOB_ARRAY_INDEX": "1"},
        "AWS_BATCH_JOB_ARRAY_SIZE is not set; which shard this is cannot be known",
    ),
]


@pytest.mark.parametrize(("variables", "complaint"), BAD)
def test_nothing_is_run_where_the_shard_is_not_known(
    folder: Path, variables: dict[str, str], complaint: str
) -> None:
    outcome = from_environment(folder, **variables)
    assert (outcome.status, outcome.stdout) == (FAILED, "")
    assert outcome.stderr == f"forkexec: --shard-from-env: {complaint}\n"


@pytest.mark.parametrize("shards", ["", "0", "x", "3-1", "1-", "-1", "1-2-3"])
def test_counts_that_are_none(folder: Path, shards: str) -> None:
    outcome = from_environment(
        folder, "--shard-from-env", f"--shards={shards}", JOB_COMPLETION_INDEX="0"
    )
    assert (outcome.status, outcome.stdout) == (FAILED, "")
    assert "is neither a count nor FIRST-LAST" in outcome.stderr
