# SPDX-License-Identifier: MIT
"""What need not succeed is counted when it does not."""

from __future__ import annotations

import subprocess
import sys

# More than any system allows to anybody: the kernel refuses it, whoever asks.
PROGRAM = """
import subprocess, forkexec
forkexec.install()
setup = forkexec.Setup(affinity=[8191], nice=1, best_effort=["affinity"])
assert subprocess.Popen(["true"], preexec_fn=setup).wait() == 0
stats = forkexec.stats()
assert stats.skipped == {"affinity": 1}, stats
assert "skipped" in stats.table()
try:
    subprocess.Popen(["true"], preexec_fn=setup.replace(best_effort=[]))
except subprocess.SubprocessError as error:
    print(error)
assert forkexec.stats().skipped == {"affinity": 1}
"""


def test_a_skipped_attribute_is_counted() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"sched_setaffinity(8191): Invalid argument\n"
