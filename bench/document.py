# SPDX-License-Identifier: MIT
from __future__ import annotations
from bench.outcome import Outcome
def write_document(outcomes: dict[str, Outcome], machine: dict[str, str]) -> None: ...
