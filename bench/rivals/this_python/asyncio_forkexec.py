# SPDX-License-Identifier: MIT
"""asyncio's own loop, over our engine."""

import asyncio

import forkexec

from bench.programs.event_loop import through
from bench.programs.serving import serve

forkexec.install()
serve(f"forkexec {forkexec.__version__}", {"asyncio, forkexec": through(asyncio.new_event_loop())})
