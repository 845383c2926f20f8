# SPDX-License-Identifier: MIT
"""One file of commands, spread by the array of a real Slurm: the job script is the manual's."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.slurm import Slurm
from tests.cluster.work import COUNT, commands, gate, logged, numbers, tasks
from tests.manual import blocks

SHARDS = 4
VICTIM = "1"
AT_ONCE = 2
ONCE = Counter(range(COUNT))


def prepare(place: Path, lines: list[str]) -> Path:
    """The file of commands, and the first script of the manual's page."""
    (place / "commands.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    script = place / "job.sh"
    text = blocks("many-machines.md", "sh")[0]
    assert f"--array=0-{SHARDS - 1}\n" in text and "-j auto" in text
    script.write_text(text.replace("-j auto", f"-j {AT_ONCE}"), encoding="utf-8")
    return script


def done(log: Path) -> Counter[str]:
    """The commands that ended well, by the log; it also has those that were cut off."""
    return Counter(entry[0] for entry in logged(log) if entry[1:] == ("0", "0"))


def assert_all_ended_well(slurm: Slurm, job: str, place: Path) -> None:
    told = {path.name: path.read_text() for path in place.glob("slurm-*.out")}
    assert slurm.ends(job) == [("COMPLETED", "0:0")] * SHARDS, (told, slurm.log())


def assert_all_is_done(place: Path, lines: list[str]) -> None:
    assert Counter(numbers(place / "ran")) == ONCE
    assert tasks(place / "ran") == {str(task) for task in range(SHARDS)}
    each = [done(place / f"log.{task}") for task in range(SHARDS)]
    assert sum(each, Counter()) == Counter(lines)


def test_an_array_runs_each_command_once(slurm: Slurm, tmp_path: Path) -> None:
    job = slurm.submit(prepare(tmp_path, commands()))
    slurm.wait(job)
    assert_all_ended_well(slurm, job, tmp_path)
    assert_all_is_done(tmp_path, commands())


def test_without_resume_a_task_that_is_requeued_runs_all_of_it_again(
    slurm: Slurm, tmp_path: Path
) -> None:
    """What the other tests would see if commands ran twice."""
    script = prepare(tmp_path, commands())
    script.write_text(script.read_text().replace(" --resume-failed", ""), encoding="utf-8")
    job = slurm.submit(script)
    slurm.wait(job)
    (tmp_path / f"log.{VICTIM}").unlink()
    slurm.run("scontrol", "requeue", f"{job}_{VICTIM}")
    slurm.wait(job)
    times = Counter(Counter(numbers(tmp_path / "ran")).values())
    assert set(times) == {1, 2} and times[2] in (COUNT // SHARDS, COUNT // SHARDS + 1)


def kill_the_batch(slurm: Slurm, task: str, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    slurm.wait(task)
    assert slurm.ends(task) == [("FAILED", f"0:{signal.SIGKILL.value}")]
    slurm.run("scontrol", "requeue", task)


def requeue_what_runs(slurm: Slurm, task: str, pid: int) -> None:
    """What a preemption, or the failure of a node, comes to."""
    slurm.run("scontrol", "requeue", task)
    slurm.wait_for_state(task, "PENDING")


@pytest.mark.parametrize("cut_off", [kill_the_batch, requeue_what_runs])
def test_a_task_that_was_cut_off_goes_on(
    slurm: Slurm, tmp_path: Path, cut_off: Callable[[Slurm, str, int], None]
) -> None:
    lines = commands(gated=True)
    job = slurm.submit(prepare(tmp_path, lines))
    task = f"{job}_{VICTIM}"
    with gate(tmp_path) as opening:
        (batch,) = opening.wait_for(VICTIM, AT_ONCE)
        assert b"\0batch\0" in Path(f"/proc/{batch}/cmdline").read_bytes()
        cut_off(slurm, task, batch)
        finished = set(done(tmp_path / f"log.{VICTIM}"))
        opening.open()
        slurm.wait(job)

    assert_all_ended_well(slurm, job, tmp_path)
    assert_all_is_done(tmp_path, lines)
    begun = Counter(numbers(tmp_path / "begun"))
    twice = {lines[number] for number, times in begun.items() if times == 2}
    # It was in its middle: some were finished, and some that ran were not. Those that Slurm's
    # signal ends before the batch has got its own may even have been followed by others.
    assert finished and AT_ONCE <= len(twice) <= 2 * AT_ONCE and not finished & twice
    assert max(begun.values()) == 2
