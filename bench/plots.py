# SPDX-License-Identifier: MIT
from __future__ import annotations
from pathlib import Path
from bench.outcome import Outcome
def draw(outcomes: dict[str, Outcome], folder: Path) -> None: ...
