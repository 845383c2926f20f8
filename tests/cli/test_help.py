# SPDX-License-Identifier: MIT
"""What the launcher prints of itself."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.cli.support import DEADLINE, ROOT, Option, launcher, options, succeeds

SUBCOMMANDS = ["exec", "run", "explain", "batch", "doctor"]
WIDTHS = [40, 60, 80, 100, 200]


def version() -> str:
    text = (ROOT / "meson.build").read_text(encoding="utf-8")
    found = re.search(r"version: '([\d.]+)'", text)
    assert found is not None
    return found[1]


def test_version() -> None:
    for arguments in (["--version"], ["-V"], ["exec", "--version"], ["doctor", "-V"]):
        assert succeeds(*arguments) == f"forkexec {version()}\n"


def test_usage_names_every_subcommand() -> None:
    text = succeeds("--help")
    assert text == succeeds("-h")
    for name in SUBCOMMANDS:
        assert f"forkexec {name}" in text


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_help_has_every_option(subcommand: str) -> None:
    text = succeeds(subcommand, "--help")
    lines = text.splitlines()
    for option in options(subcommand):
        shown = [line for line in lines if re.match(rf" +(-\w, )?{option.name}[ =\[,]", line + " ")]
        assert len(shown) == 1, option
        for name in option.names:
            assert re.search(rf"(^|[ ,]){name}([ ,=\[]|$)", shown[0]), option
        assert option.value is None or option.value in shown[0], option
        assert f"\n{option.family}:\n" in text


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
@pytest.mark.parametrize("width", WIDTHS)
def test_help_fits_the_width(subcommand: str, width: int) -> None:
    environment = {**os.environ, "COLUMNS": str(width)}
    for line in succeeds(subcommand, "--help", environment=environment).splitlines():
        # A name with its value may be longer than a narrow terminal is wide.
        assert len(line) <= width or " " not in line.strip().replace(", -", ",-"), line


def test_help_fits_the_terminal() -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
    environment = {name: text for name, text in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(
        [launcher(), "exec", "--help"], stdin=terminal, stdout=terminal, env=environment
    ) as process:
        os.close(terminal)
        text = b""
        while True:
            try:
                part = os.read(controller, 65536)
            except OSError:  # the end, on Linux
                break
            if not part:
                break
            text += part
        assert process.wait(timeout=DEADLINE) == 0
    os.close(controller)
    assert max(len(line) for line in text.decode().splitlines()) <= 50


def test_one_line_of_help_is_one_line() -> None:
    """At 80 columns, where the column of texts leaves 49."""
    for subcommand in SUBCOMMANDS:
        for option in options(subcommand):
            assert len(option.help) <= 49, option.help
            assert not option.help[:2].istitle(), option.help
            assert not option.help.endswith("."), option.help


def test_help_comes_before_what_is_wrong_behind_it() -> None:
    assert succeeds("exec", "--help", "--frob") == succeeds("exec", "--help")
    assert succeeds("exec", "--nice", "x", "--help") == succeeds("exec", "-h")


def test_a_name_means_the_same_in_every_subcommand() -> None:
    known: dict[str, Option] = {}
    for subcommand in SUBCOMMANDS:
        for option in options(subcommand):
            for name in option.names:
                other = known.setdefault(name, option)
                assert (other.value, other.optional) == (option.value, option.optional)


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_names_and_letters_are_unique(subcommand: str) -> None:
    names = [name for option in options(subcommand) for name in option.names]
    assert len(names) == len(set(names))


def test_output_that_cannot_be_written_is_a_failure() -> None:
    for arguments in (["--help"], ["exec", "--help"], ["doctor"], ["explain", "true"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [launcher(), *arguments], stdout=full, stderr=subprocess.PIPE, check=False
            )
        assert done.returncode == 125
        assert done.stderr == b"forkexec: standard output cannot be written\n"


# ---- the manual page ----


def test_the_manual_page_has_every_option() -> None:
    page = succeeds("--print", "man").replace("\\-", "-")
    for subcommand in SUBCOMMANDS:
        for option in options(subcommand):
            for name in option.names:
                assert f"\\fB{name}\\fR" in page, name


@pytest.mark.parametrize(
    "lint",
    [
        ["groff", "-man", "-Tutf8", "-ww", "-z"],
        # A date would be that of the build; what else it knows is an error.
        ["mandoc", "-Tlint", "-Werror"],
    ],
    ids=lambda lint: lint[0],
)
def test_the_manual_page_is_clean(lint: list[str], tmp_path: Path) -> None:
    page = tmp_path / "forkexec.1"
    page.write_text(succeeds("--print", "man"), encoding="utf-8")
    assert shutil.which(lint[0]) is not None, f"{lint[0]} comes with `make test`"
    done = subprocess.run([*lint, str(page)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_examples_of_the_manual_page_are_valid() -> None:
    page = succeeds("--print", "man").replace("\\-", "-")
    examples = re.findall(r"^forkexec (?:exec|explain) (.*)$", page.split(".SH EXAMPLES")[1], re.M)
    assert len(examples) >= 3
    for example in examples:
        words = example.replace("--user www", "--user root").replace("/tmp/out", "/tmp").split()
        succeeds("explain", *words)


def test_what_is_built_is_what_is_printed() -> None:
    folder = ROOT / "build" / "default" / "cli"
    files = {
        "man": "forkexec.1",
        "bash": "forkexec.bash",
        "zsh": "_forkexec",
        "fish": "forkexec.fish",
    }
    for what, name in files.items():
        assert (folder / name).read_text(encoding="utf-8") == succeeds("--print", what)
