# SPDX-License-Identifier: MIT
"""forkexec batch: how many at a time, tries, halting, time limits, signals, and the status."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.batch import batch, begin, endings, fifos, finish, hear, let_go, lines
from tests.cli.support import DEADLINE, ROOT, launcher, succeeds

ACT = ROOT / "build" / "default" / "tests" / "programs" / "act"
FAIL, KILLED = "sh -c 'exit 7'", "sh -c 'kill -9 $$'"


# ---- the status ----


@pytest.mark.parametrize(
    ("failed", "status"), [(0, 0), (1, 1), (100, 100), (101, 101), (102, 101), (150, 101)]
)
def test_the_status_is_the_number_that_failed(tmp_path: Path, failed: int, status: int) -> None:
    text = lines([*["true"] * 3, *["false"] * failed])
    assert batch(text, cwd=tmp_path).status == status


def test_signals_and_what_cannot_be_started_count(tmp_path: Path) -> None:
    outcome = batch(lines([KILLED, "/nonexistent/x", "/etc/passwd", "true"]), "-j1", cwd=tmp_path)
    assert outcome.status == 3
    assert outcome.stderr.splitlines() == [
        'forkexec: 2: exec("/nonexistent/x"): program not found',
        'forkexec: 3: exec("/etc/passwd"): Permission denied',
    ]


def test_options_of_exec_hold_for_every_command(tmp_path: Path) -> None:
    text = lines(["sh -c 'ulimit -n; pwd; umask'"] * 2)
    outcome = batch(text, "-j1", "--nofile", "64", "-C", "/usr", "--umask", "027", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (0, "64\n/usr\n0027\n" * 2)
    outcome = batch("sh -c 'echo $0'\n", "-a", "other", cwd=tmp_path)
    assert outcome.status == 0
    outcome = batch("cat /proc/self/cmdline\n", "--argv0", "other", cwd=tmp_path)
    assert outcome.stdout == "other\0/proc/self/cmdline\0"


def test_a_command_has_nothing_open(tmp_path: Path) -> None:
    """Standard streams only, whatever the batch holds; and nothing on standard input."""
    for arguments in (["--joblog", "log"], ["-k"], ["--timeout", "1h"]):
        text = lines([f"{ACT} count", f"{ACT} copy", "readlink /proc/self/fd/0"])
        outcome = batch(text, "-j2", *arguments, cwd=tmp_path)
        assert (outcome.status, outcome.stdout, outcome.stderr) == (0, "/dev/null\n", "")


# ---- how many at a time ----

COUNT = "sh -c 'mkdir now/$$; ls now | wc -l >> seen; rmdir now/$$'"


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_there_are_never_more(tmp_path: Path, jobs: int) -> None:
    (tmp_path / "now").mkdir()
    assert batch(lines([COUNT] * 60), f"-j{jobs}", cwd=tmp_path).status == 0
    seen = [int(line) for line in (tmp_path / "seen").read_text().split()]
    assert len(seen) == 60 and max(seen) <= jobs


def test_there_are_as_many(tmp_path: Path) -> None:
    """A ring: each waits for the one before it, the first for none."""
    fifos(tmp_path, *(f"m{n}" for n in range(1, 5)))
    ring = [
        "sh -c 'echo x > m1; read x < m4'",
        "sh -c 'read x < m1; echo x > m2'",
        "sh -c 'read x < m2; echo x > m3'",
        "sh -c 'read x < m3; echo x > m4'",
    ]
    assert batch(lines(ring), "-j4", cwd=tmp_path).status == 0


def quota_folder() -> Path | None:
    for folder in (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")):
        if (folder / "cpu.cfs_quota_us").exists() or (
            (folder / "cgroup.subtree_control").exists()
            and "cpu" in (folder / "cgroup.subtree_control").read_text().split()
        ):
            return folder
    return None


def widest(cwd: Path, run: Callable[[str], subprocess.CompletedProcess[bytes]]) -> int:
    """The most that ran at once, of more than enough."""
    (cwd / "now").mkdir()
    (cwd / "commands").write_text(lines([COUNT] * 40))
    assert run(str(cwd / "commands")).returncode == 0
    return max(int(line) for line in (cwd / "seen").read_text().split())


def test_auto_is_the_affinity(tmp_path: Path) -> None:
    cpu = min(os.sched_getaffinity(0))

    def run(commands: str) -> subprocess.CompletedProcess[bytes]:
        inner = [launcher(), "batch", "--jobs=auto", commands]
        return subprocess.run(
            [launcher(), "exec", "--cpu-list", str(cpu), *inner],
            cwd=tmp_path,
            timeout=DEADLINE,
            check=False,
        )

    assert widest(tmp_path, run) == 1


def test_auto_is_the_quota(tmp_path: Path) -> None:
    """One processor's worth, for a group above ours."""
    folder = quota_folder()
    if folder is None or os.geteuid() != 0:
        pytest.skip("no control group can be made here")
    group = folder / f"forkexec-{os.getpid()}"
    inner = group / "inner"
    inner.mkdir(parents=True)
    try:
        if (group / "cpu.max").exists():
            (group / "cpu.max").write_text("90000 100000")
        else:
            (group / "cpu.cfs_quota_us").write_text("90000")

        def run(commands: str) -> subprocess.CompletedProcess[bytes]:
            script = f'echo $$ > {inner}/cgroup.procs; exec "$@"'
            return subprocess.run(
                ["sh", "-c", script, "sh", launcher(), "batch", commands],
                cwd=tmp_path,
                timeout=DEADLINE,
                check=False,
            )

        assert widest(tmp_path, run) == 1
    finally:
        inner.rmdir()
        group.rmdir()


def test_more_than_the_limit_of_processes_allows(tmp_path: Path) -> None:
    """What cannot be started now is started when another one has ended."""
    if os.geteuid() != 0:
        pytest.skip("needs a user of its own")
    (tmp_path / "commands").write_text(lines(["echo a"] * 50))
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and "pytest" in folder.name:
            folder.chmod(0o755)
    done = subprocess.run(
        [launcher(), "exec", "--user", "54321", "--group", "54321", "--clear-groups"]
        + ["--nproc", "4", launcher(), "batch", "-j20", "commands"],
        cwd=tmp_path,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"a\n" * 50, b"")


# ---- tries ----

THIRD = "sh -c 'echo x >> tries; echo out; test $(wc -l < tries) -ge 3'"


@pytest.mark.parametrize(("tries", "status"), [("1", 1), ("2", 1), ("3", 0), ("9", 0), ("0", 0)])
def test_retries(tmp_path: Path, tries: str, status: int) -> None:
    outcome = batch(THIRD + "\n", "--retries", tries, "--joblog", "log", cwd=tmp_path)
    assert outcome.status == status
    expected = 3 if status == 0 else int(tries)
    assert (tmp_path / "tries").read_text() == "x\n" * expected
    assert outcome.stdout == "out\n" * expected
    assert endings(tmp_path / "log") == {1: (status, 0)}


def test_output_of_a_try_that_failed_is_taken_back(tmp_path: Path) -> None:
    for arguments in (["-k"], ["--output", "grouped"]):
        outcome = batch(lines([THIRD, "echo b"]), "-j1", "--retries=5", *arguments, cwd=tmp_path)
        assert (outcome.status, outcome.stdout) == (0, "out\nb\n")
        (tmp_path / "tries").unlink()


def test_what_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    outcome = batch("/nonexistent/x\n", "--retries", "3", cwd=tmp_path)
    assert (outcome.status, outcome.stderr.count("\n")) == (1, 3)


# ---- halting ----


@pytest.mark.parametrize(
    ("halt", "commands", "status", "log"),
    [
        ("never", [FAIL, "true", FAIL], 2, {1: (7, 0), 2: (0, 0), 3: (7, 0)}),
        ("soon,fail=1", ["true", FAIL, "true"], 7, {1: (0, 0), 2: (7, 0)}),
        ("1", ["true", FAIL, "true"], 7, {1: (0, 0), 2: (7, 0)}),
        ("soon,fail=1", ["true", KILLED, "true"], 137, {1: (0, 0), 2: (0, 9)}),
        ("soon,fail=1", ["/nonexistent/x", "true"], 127, {1: (127, 0)}),
        ("soon,fail=2", [FAIL, FAIL, "true"], 2, {1: (7, 0), 2: (7, 0)}),
        ("soon,fail=2", [FAIL, "true", "true"], 1, {1: (7, 0), 2: (0, 0), 3: (0, 0)}),
        ("soon,fail=50%", [FAIL, FAIL, "true", "true"], 50, {1: (7, 0), 2: (7, 0)}),
        ("50%", [FAIL, FAIL, "true", "true"], 50, {1: (7, 0), 2: (7, 0)}),
        ("now,success=1", [FAIL, "true", FAIL], 0, {1: (7, 0), 2: (0, 0)}),
        ("-2", [FAIL, "true", FAIL], 0, {1: (7, 0), 2: (0, 0)}),
        ("soon,success=2", [FAIL, "true", FAIL], 2, {1: (7, 0), 2: (0, 0), 3: (7, 0)}),
        ("now,done=2", [FAIL, "true", FAIL], 1, {1: (7, 0), 2: (0, 0)}),
    ],
)
def test_halt(
    tmp_path: Path, halt: str, commands: list[str], status: int, log: dict[int, tuple[int, int]]
) -> None:
    outcome = batch(lines(commands), "-j1", f"--halt={halt}", "--joblog", "log", cwd=tmp_path)
    assert outcome.status == status
    assert endings(tmp_path / "log") == log


def test_now_ends_what_runs(tmp_path: Path) -> None:
    fifos(tmp_path, "never", "told")
    commands = [
        "sh -c 'echo x > told; read x < never'",
        "sh -c 'read x < told; exit 7'",
        "echo no",
    ]
    outcome = batch(lines(commands), "-j2", "--halt", "now,fail=1", "--joblog", "log", cwd=tmp_path)
    assert (outcome.status, outcome.stdout) == (7, "")
    # -1: it was ended, so it runs again.
    assert endings(tmp_path / "log") == {1: (-1, 15), 2: (7, 0)}
    commands[0] = "sh -c 'echo x > told; read x < never'"
    outcome = batch(
        lines(commands), "-j1", "--joblog", "log", "--resume", "--dry-run", cwd=tmp_path
    )
    assert outcome.stdout == lines([commands[0], commands[2]])
    assert outcome.stderr == f"forkexec: 1: was stopped, and is to run again: {commands[0]}\n"


def test_soon_waits_for_what_runs(tmp_path: Path) -> None:
    fifos(tmp_path, "go", "told")
    commands = ["sh -c 'read x < go; echo first'", "sh -c 'echo x > told; exit 7'", "echo no"]
    process = begin(
        lines(commands), "-j2", "--halt", "soon,fail=1", cwd=tmp_path, stdout=subprocess.PIPE
    )
    hear(tmp_path / "told")
    let_go(tmp_path / "go")
    assert process.stdout is not None and process.stdout.read() in (b"first\n", b"first\nno\n")
    assert finish(process) == 7


# ---- in the other worlds: without pidfds, and under sanitizers ----

WAYS = [[], ["-k"], ["--timeout=1h"], ["--output=lines"], ["--retries=2"], ["--max-output=9"]]


@pytest.mark.parametrize("build", ["posix", "sanitize"])
def test_other_builds(tmp_path: Path, build: str) -> None:
    text = lines(["echo a", FAIL, "sh -c 'exit 0'"] * 20)
    (tmp_path / "commands").write_text(text)
    for arguments in WAYS:
        done = subprocess.run(
            [launcher(build), "batch", "-j3", "--joblog=log", *arguments, "commands"],
            cwd=tmp_path,
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (20, b"a\n" * 20, b"")
        assert len(endings(tmp_path / "log")) == 60
        again = [launcher(build), "batch", "--joblog=log", "--resume", "commands"]
        assert subprocess.run(again, cwd=tmp_path, timeout=DEADLINE, check=False).returncode == 0
        (tmp_path / "log").unlink()


def test_it_is_a_subcommand() -> None:
    assert "forkexec batch" in succeeds("--help")
