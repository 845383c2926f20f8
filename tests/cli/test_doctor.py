# SPDX-License-Identifier: MIT
"""forkexec doctor: what it says is what is here."""

from __future__ import annotations

import errno
import json
import os
from typing import Any

import jsonschema
import pytest

from tests.cli.support import ROOT, explained, fails, succeeds

SCHEMA = json.loads((ROOT / "doc" / "doctor.schema.json").read_text(encoding="utf-8"))


def doctor(build: str = "default") -> dict[str, Any]:
    report: dict[str, Any] = json.loads(succeeds("doctor", "--json", build=build))
    return report


@pytest.mark.parametrize("build", ["default", "sanitize", "posix"])
def test_json_is_as_its_schema_says(build: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(doctor(build), SCHEMA)


def test_what_is_said_of_the_machine() -> None:
    report, machine = doctor(), os.uname()
    assert report["system"] == machine.sysname
    assert report["release"] == machine.release
    assert report["machine"] == machine.machine
    assert f"forkexec {report['version']}\n" == succeeds("--version")


def test_the_mechanism_is_the_one_of_a_plan() -> None:
    plan, report = explained("true"), doctor()
    assert (report["mechanism"], report["reason"]) == (plan["mechanism"], plan["reason"])


@pytest.mark.parametrize("build", ["default", "posix"])
def test_a_mechanism_is_usable_if_it_can_be_forced(build: str) -> None:
    report = doctor(build)
    assert [row["name"] for row in report["mechanisms"]] == ["clone3", "clone", "fork", "helper"]
    for row in report["mechanisms"]:
        if row["usable"]:
            plan = explained("--mechanism", row["name"], "true", build=build)
            assert (plan["mechanism"], plan["reason"]) == (row["name"], "asked")
        else:
            assert row["why_not"]


def test_a_mechanism_that_is_missing_is_an_error() -> None:
    report = doctor("posix")
    missing = [row["name"] for row in report["mechanisms"] if not row["usable"]]
    assert "clone3" in missing and "clone" in missing
    for name in ("clone3", "clone"):
        assert fails("explain", "--mechanism", name, "true", build="posix").startswith(
            "--mechanism: "
        )


@pytest.mark.parametrize("build", ["default", "posix"])
def test_why_a_facility_is_missing(build: str) -> None:
    for row in doctor(build)["facilities"]:
        assert row["usable"] == (row["errno"] == 0) == (row["why_not"] is None)
        assert row["usable"] or row["errno"] in errno.errorcode


@pytest.mark.parametrize(("build", "screen"), [("default", 24), ("posix", 36)])
def test_the_text_names_everything_and_fits_a_screen(build: str, screen: int) -> None:
    text = succeeds("doctor", build=build, environment={**os.environ, "COLUMNS": "80"})
    report = doctor(build)
    for row in report["mechanisms"] + report["facilities"]:
        assert row["name"] in text
    lines = text.splitlines()
    assert len(lines) <= screen
    assert max(map(len, lines)) <= 80
    assert not any(line.endswith(" ") for line in lines)
