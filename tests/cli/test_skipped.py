# SPDX-License-Identifier: MIT
"""What need not succeed is said when it does not, and the command runs all the same."""

from __future__ import annotations

import subprocess

from tests.cli.support import launcher


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [launcher(), "exec", *options, "--", "echo", "it runs"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_skipped_attribute_is_told() -> None:
    done = run("--cpu-list", "8191", "--best-effort", "affinity")
    assert (done.returncode, done.stdout) == (0, "it runs\n")
    assert done.stderr == "forkexec: affinity: skipped: Invalid argument\n"


def test_a_required_one_fails() -> None:
    done = run("--cpu-list", "8191")
    assert (done.returncode, done.stdout) == (125, "")
