# SPDX-License-Identifier: MIT
"""The pages of doc/, and what is printed in them to be copied."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "doc"


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of a page that are marked as of this language."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
