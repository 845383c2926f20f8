# SPDX-License-Identifier: MIT
"""stats(): what it counts, and the table."""

import dataclasses
import pickle

import forkexec
import pytest
from forkexec._stats import _median
from forkexec._table import table

from tests.python.support import Python

MANY = forkexec.Stats(
    spawns=314,
    by_mechanism=(
        forkexec.MechanismCount("fork", "callback", 2),
        forkexec.MechanismCount("clone3", "fastest", 312),
    ),
    failures={"exec": 3, "chdir": 11},
    median=0.00042,
    slowest=1.5,
)


def test_table() -> None:
    assert MANY.table() == table(MANY)
    assert MANY.table() == "\n".join(
        [
            "forkexec",
            "  processes started          314",
            "    by clone3 (fastest)      312",
            "    by fork (callback)         2",
            "  failures                    14",
            "    at chdir                  11",
            "    at exec                    3",
            "  median spawn           0.42 ms",
            "  slowest spawn           1.50 s",
        ]
    )


def test_table_of_nothing() -> None:
    nothing = forkexec.Stats(0, (), {}, None, None)
    assert nothing.table().splitlines() == [
        "forkexec",
        "  processes started  0",
        "  failures           0",
        "  median spawn       -",
        "  slowest spawn      -",
    ]


def test_frozen_and_picklable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        MANY.spawns = 1  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(MANY)) == MANY


@pytest.mark.parametrize(
    ("values", "median"),
    [([], None), ([3.0], 3.0), ([3.0, 1.0], 2.0), ([9.0, 1.0, 5.0], 5.0)],
)
def test_median(values: "list[float]", median: "float | None") -> None:
    assert _median(values) == median


def test_counts(python: Python) -> None:
    program = """
import forkexec, subprocess
forkexec.install()
assert forkexec.stats() == forkexec.Stats(0, (), {}, None, None), forkexec.stats()
for _ in range(3):
    subprocess.run(["/bin/true"], check=True)
subprocess.run(["/bin/true"], preexec_fn=int, check=True)
stats = forkexec.stats()
assert stats.spawns == 4 == sum(entry.spawns for entry in stats.by_mechanism)
assert 0 < stats.median <= stats.slowest
for mechanism, reason, count in stats.by_mechanism:
    assert mechanism and reason and count
print("ok")
"""
    assert python.succeed(program) == "ok\n"


def test_reasons(python: Python) -> None:
    """A callback forces fork, and is named as the reason."""
    program = """
import forkexec, subprocess
forkexec.install()
subprocess.run(["/bin/true"], preexec_fn=int, check=True)
print(forkexec.stats().by_mechanism)
"""
    entry = "MechanismCount(mechanism='fork', reason='callback', spawns=1)"
    assert python.succeed(program) == f"({entry},)\n"


def test_failures(python: Python) -> None:
    program = """
import forkexec, subprocess
forkexec.install()
for options in ({"args": ["/nowhere/program"]}, {"args": ["/bin/true"], "cwd": "/nowhere"}):
    try:
        subprocess.run(**options)
    except FileNotFoundError:
        continue
    raise AssertionError("started")
print(sorted(forkexec.stats().failures.items()))
"""
    assert python.succeed(program) == "[('chdir', 1), ('exec', 1)]\n"
