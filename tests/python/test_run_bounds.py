# SPDX-License-Identifier: MIT
"""Bounds of forkexec.run: what is kept, what is counted, and how much memory it takes."""

from typing import Any, Dict

import forkexec
import pytest
from forkexec import PIPE

from tests.python.support import Python

TEN = "0123456789"


def ten_each(**keywords: Any) -> forkexec.Result:
    return forkexec.run(["sh", "-c", f"printf {TEN}; printf {TEN} >&2"], **keywords)


@pytest.mark.parametrize(
    ("keywords", "stdout", "stderr"),
    [
        ({"max_output": 4}, b"0123", b"0123"),
        ({"max_output": 4, "keep": "tail"}, b"6789", b"6789"),
        ({"max_output": 4, "keep": "head-and-tail"}, b"0189", b"0189"),
        ({"max_output": 0}, b"", b""),
        ({"max_output": 10}, b"0123456789", b"0123456789"),
        ({"max_total": 8, "keep": "tail"}, b"6789", b"6789"),
        ({"max_output": 10, "keep": "stop"}, b"0123456789", b"0123456789"),
    ],
)
def test_what_is_kept(keywords: Dict[str, Any], stdout: bytes, stderr: bytes) -> None:
    result = ten_each(**keywords)
    assert (result.stdout, result.stderr) == (stdout, stderr)
    assert (result.stdout_seen, result.stderr_seen) == (10, 10)
    assert (result.stdout_kept, result.stderr_kept) == (len(stdout), len(stderr))


def test_the_gap_is_known() -> None:
    result = ten_each(max_output=4, keep="head-and-tail")
    assert (result.stdout[: result.stdout_head], result.stdout[result.stdout_head :]) == (
        b"01",
        b"89",
    )


def test_a_bound_means_capture_only_if_nothing_is_said() -> None:
    assert ten_each(max_output=4, stdout=PIPE, stderr=forkexec.DEVNULL).stderr is None
    assert ten_each(max_output=4, on_stdout=len, stderr=forkexec.DEVNULL).stdout is None


@pytest.mark.parametrize("bound", ["max_output", "max_total"])
def test_too_much_stops_it(bound: str) -> None:
    with pytest.raises(forkexec.OutputLimitExceeded) as caught:
        forkexec.run(["yes"], stdout=PIPE, keep="stop", **{bound: 1000})  # type: ignore[arg-type]
    error = caught.value
    assert error.output == b"y\n" * 500
    assert error.result is not None and error.result.ending == "output"
    assert error.result.stdout_seen >= 1000
    assert error.returncode == error.result.returncode == -15
    assert isinstance(error, forkexec.CalledProcessError)


@pytest.mark.parametrize(
    ("keep", "text"),
    [("head", "äö"), ("tail", "öü"), ("head-and-tail", "äü")],
)
def test_characters_that_are_cut_are_left_out(keep: str, text: str) -> None:
    result = forkexec.run(["printf", "äöü"], max_output=5, keep=keep, encoding="utf-8")
    assert result.stdout == text
    assert (result.stdout_seen, result.stdout_kept) == (6, 5)


MEMORY = """
import forkexec, re
# ru_maxrss begins with that of whoever started this process.
def peak(): return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
def run(size):
    return forkexec.run(["head", "-c", str(size), "/dev/zero"], max_output=1 << 20, keep={keep!r})
run(4 << 20)
before = peak()
done = run({size})
print(done.stdout_seen == {size}, done.stdout_kept == 1 << 20, peak() - before < 8 << 20)
"""


@pytest.mark.parametrize("keep", ["head", "tail", "head-and-tail"])
def test_memory_is_bounded(python: Python, keep: str) -> None:
    script = MEMORY.format(keep=keep, size=300_000_000)
    assert python.succeed(script) == "True True True\n"


def test_memory_that_is_not_bounded_is_seen(python: Python) -> None:
    """The positive control: without the bound the same look finds more."""
    script = MEMORY.format(keep="head", size=30_000_000).replace(
        "max_output=1 << 20", "max_output=1 << 30"
    )
    assert python.succeed(script) == "True False False\n"
