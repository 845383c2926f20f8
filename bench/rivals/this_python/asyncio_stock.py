# SPDX-License-Identifier: MIT
"""asyncio's own loop and subprocess engine."""

import asyncio
import platform

from bench.programs.event_loop import through
from bench.programs.serving import serve

serve(f"CPython {platform.python_version()}", {"asyncio": through(asyncio.new_event_loop())})
