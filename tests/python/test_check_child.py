# SPDX-License-Identifier: MIT
"""The check of the child's code finds what it is there to find."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A child as the engine's: a table of steps, a dispatch, helpers in another object.
CHILD = """
#include <unistd.h>
#include <sys/syscall.h>
typedef int step(int);
int helper(int number);
int step_safe(int number);
int step_other(int number);
int parent_only(int number);
static step *const table[] = {step_safe, step_other};
int fx_child_run(int *kinds)
{
    for (; *kinds >= 0; kinds++)
        if (table[*kinds](*kinds) < 0)
            break;
    _exit(255);
}
"""
HELPERS = """
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
int helper(int number);
int step_safe(int number);
int step_other(int number);
int parent_only(int number);
int helper(int number) { return (int)syscall(SYS_close, number); }
int step_safe(int number) { return helper(number) + (int)strlen("x"); }
int parent_only(int number) { return printf("%d", number) + (malloc(1) != NULL); }
"""

CLEAN = "int step_other(int number) { return number; }"
SWITCH = """
int step_other(int number)
{
    switch (number) {
    case 0: return helper(1);
    case 1: return helper(number) + 3;
    case 2: return (int)syscall(SYS_getpid);
    case 3: return -helper(9);
    case 4: return helper(number * number);
    case 5: return 77;
    case 6: return helper(2) - 8;
    default: return -1;
    }
}
"""

# What is put into the child, and what the check must say of it.
SEEDED = {
    "allocation in a step": (
        "int step_other(int number) { char *p = malloc((size_t)number); if (p) *p = 1;"
        " return p ? (int)(long)p : 0; }",
        ["-> malloc: not async-signal-safe", "step_other"],
    ),
    "stdio behind a static helper": (
        '__attribute__((noinline)) static int say(int n) { return printf("%d %d", n, n); }\n'
        "int step_other(int number) { return say(number) + 1; }",
        ["say (helpers.o) -> printf", "step_other -> say"],
    ),
    "a function that only a table names": (
        'static int unsafe(int n) { return setenv("A", "b", n); }\n'
        "typedef int step(int);\n"
        "static step *volatile inner[] = {unsafe, helper};\n"
        "int step_other(int number) { return inner[number & 1] == helper; }",
        ["unsafe (helpers.o) -> setenv"],
    ),
    "a call through a pointer": (
        "extern int (*hook)(int);\nint (*hook)(int);\n"
        "int step_other(int number) { return hook(number) + 1; }",
        ["step_other (helpers.o): calls through a pointer"],
    ),
    "a jump through a pointer": (
        "extern int (*hook)(int);\nint (*hook)(int);\n"
        "int step_other(int number) { return hook(number); }",
        ["step_other (helpers.o): calls through a pointer"],
    ),
    "a function whose address is handed on": (
        "int step_other(int number) { int array[2] = {number, 1};\n"
        " extern void qsort(void *, size_t, size_t, int (*)(const void *, const void *));\n"
        " qsort(array, 2, sizeof *array, (int (*)(const void *, const void *))parent_only);\n"
        " return array[0]; }",
        ["-> qsort", "parent_only (helpers.o) -> printf"],
    ),
    "a wrapper of libc's that locks": (
        "int step_other(int number) { return setuid((uid_t)number); }",
        ["-> setuid: not async-signal-safe"],
    ),
}

# clang is one of the tools of `make check`, not of `make test`.
COMPILERS = ["gcc", *(["clang"] if shutil.which("clang") else [])]
OPTIMISATIONS = ["-O0", "-O2", "-Os"]


def run_check(*arguments: str) -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "-m", "tools.check_child", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    return result.returncode, result.stdout


def check(folder: Path, compiler: str, optimisation: str, step: str) -> tuple[int, str]:
    objects = []
    for name, source in (("child", CHILD), ("helpers", HELPERS + step)):
        path = folder / f"{name}.c"
        path.write_text(source)
        objects.append(str(path.with_suffix(".o")))
        subprocess.run(
            [compiler, "-std=c11", "-fPIC", "-g", optimisation, "-c", path, "-o", objects[-1]],
            check=True,
        )
    return run_check("--entry", "fx_child_run", *objects)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("optimisation", OPTIMISATIONS)
@pytest.mark.parametrize("step", [CLEAN, SWITCH], ids=["plain", "switch"])
def test_clean_child_passes(tmp_path: Path, compiler: str, optimisation: str, step: str) -> None:
    status, text = check(tmp_path, compiler, optimisation, step)
    assert (status, text.splitlines()[-1].split(", ")[-1]) == (0, "0 violations"), text


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("optimisation", OPTIMISATIONS)
@pytest.mark.parametrize("seed", SEEDED)
def test_seeded_violation_is_found(
    tmp_path: Path, compiler: str, optimisation: str, seed: str
) -> None:
    step, expected = SEEDED[seed]
    status, text = check(tmp_path, compiler, optimisation, step)
    assert status == 1
    for part in expected:
        assert part in text
    assert "reached by fx_child_run -> table -> step_other" in text


def test_a_missing_entry_point_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "empty.c").write_text("int other(void); int other(void) { return 1; }")
    subprocess.run(["gcc", "-c", "empty.c"], cwd=tmp_path, check=True)
    status, text = run_check(str(tmp_path / "empty.o"))
    assert status == 1
    assert "fx_child_run: no such function" in text
