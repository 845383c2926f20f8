# SPDX-License-Identifier: MIT
"""Every example of doc/preexec_fn.md runs, and both of a pair give the same child."""

import fcntl
import os
import re
import subprocess
import sys
import termios
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from tests.python.support import DEADLINE, clean_environment

PAGE = (Path(__file__).resolve().parents[2] / "doc" / "preexec_fn.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEED_ROOT = {"Another user", "A directory, another root", "Namespaces"}
COUNT = "print({entry.reason for entry in forkexec.stats().by_mechanism}, file=sys.stderr)\n"

START = BLOCK.findall(PAGE)[0]
SECTIONS: Dict[str, List[str]] = {
    section.partition("\n")[0]: BLOCK.findall(section) for section in PAGE.split("\n## ")[1:]
}
PAIRS = {title: blocks for title, blocks in SECTIONS.items() if len(blocks) >= 2}
SINGLE = {title: blocks for title, blocks in SECTIONS.items() if len(blocks) == 1}


def run(code: str) -> Tuple[str, str]:
    """Standard output, and the reasons for the mechanisms; with a terminal of its own."""
    controller, terminal = os.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    try:
        done = subprocess.run(
            [sys.executable, "-c", START + code + COUNT],
            env=clean_environment(),
            stdin=terminal,
            capture_output=True,
            preexec_fn=take_terminal,
            timeout=DEADLINE,
            check=False,
        )
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 0, done
    return done.stdout.decode(), done.stderr.decode()


def test_the_page_is_found() -> None:
    assert "forkexec.install()" in START
    assert len(PAIRS) >= 18 and set(PAIRS) >= NEED_ROOT


@pytest.mark.parametrize("title", PAIRS)
def test_both_give_the_same_child(title: str) -> None:
    if title in NEED_ROOT and os.geteuid() != 0:
        pytest.skip("needs root")
    written, instead = PAIRS[title][:2]
    assert run(written)[1] == "{'callback'}\n"
    shown, reasons = run(instead)
    assert shown == run(written)[0]
    assert "callback" not in reasons and reasons.startswith("{'")


@pytest.mark.parametrize("title", SINGLE)
def test_the_others_run(title: str) -> None:
    shown, reasons = run(SINGLE[title][0])
    assert "callback" not in reasons
    wanted = re.search(
        r"^```text\n(.*?)^```$",
        PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0],
        re.MULTILINE | re.DOTALL,
    )
    assert wanted is None or shown == wanted[1]
